package dev.hemlock.common.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;

/** One trained network, predicting. Belongs to the thread that made it. */
public final class TorchPrediction implements AutoCloseable {
  private final TorchProgram program;
  private final NDList state = new NDList();

  /**
   * What a network says about a batch.
   *
   * @param logits samples × classes, row-major
   * @param features samples × features, row-major: what the last layer sees
   */
  public record Output(float[] logits, float[] features) {}

  /**
   * Predicts with a state.
   *
   * @param mean of each channel, of pixels from 0 to 1
   * @param deviation of each channel likewise
   */
  public TorchPrediction(
      TorchEngine engine,
      TorchDevice device,
      Precision precision,
      NetworkState trained,
      double[] mean,
      double[] deviation) {
    Network network = trained.network();
    program = new TorchProgram(engine, device, network, precision);
    NDArray parameters = program.zeros(network.parameterCount());
    NDArray buffers = program.zeros(Network.total(network.buffers()));
    program.set(parameters, ChannelsLast.from(network.parameters(), trained.parameters()));
    program.set(buffers, trained.buffers());
    state.add(TorchProgram.named(program.constants(mean), "mean"));
    state.add(TorchProgram.named(program.constants(deviation), "std"));
    TorchProgram.views(parameters, network.parameters(), "params", state);
    TorchProgram.views(buffers, network.buffers(), "buffers", state);
  }

  /** Columns of the features. */
  public int featureCount() {
    return program.network().features();
  }

  /**
   * Predicts a batch, in evaluation mode.
   *
   * @param pixels a direct buffer that begins with {@code count} images, height × width × channels
   *     bytes each
   * @throws dev.hemlock.common.work.Work.ShuttingDown if the process ends
   */
  public Output predict(ByteBuffer pixels, int count) {
    try (NDManager scope = program.scope()) {
      NDList arguments = new NDList(state.size() + 1);
      ByteBuffer images = pixels.slice(0, count * program.network().image().stride());
      arguments.add(TorchProgram.named(program.images(scope, images, count), "images"));
      arguments.addAll(state);
      NDList output = program.call("predict", arguments);
      return new Output(program.get(output.get(0)), program.get(output.get(1)));
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
