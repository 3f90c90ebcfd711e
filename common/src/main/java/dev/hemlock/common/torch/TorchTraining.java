package dev.hemlock.common.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One network in training. One call of a step is one call of native code: decoding, forward pass,
 * mean cross-entropy, gradient and optimiser. Loss and hits gather beside the state and are read
 * only when asked for. Belongs to the thread that made it; several in one process don't disturb
 * each other.
 */
public final class TorchTraining implements AutoCloseable {
  private static final int LEARNING_RATE = 0;
  private static final int LABEL_SMOOTHING = 3;

  private final TorchProgram program;
  private final Network network;
  private final Optimizer optimizer;
  private final NDArray parameters;
  private final NDArray buffers;
  private final List<NDArray> moments = new ArrayList<>();
  private final NDArray step;
  private final NDArray totals;
  private final ByteBuffer hyper;
  private final NDList trained = new NDList();
  private final NDList probed = new NDList();
  private long batches;

  /**
   * Sums over the samples trained on since they were last taken.
   *
   * @param loss cross-entropy in nats
   * @param correct samples predicted as labelled
   * @param samples how many
   */
  public record Totals(double loss, double correct, double samples) {}

  /**
   * Starts from a state.
   *
   * @param labelSmoothing share of each label spread evenly over all classes, 0 to below 1
   * @param mean of each channel, of pixels from 0 to 1
   * @param deviation of each channel likewise
   */
  public TorchTraining(
      TorchEngine engine,
      TorchDevice device,
      Precision precision,
      NetworkState initial,
      Optimizer optimizer,
      double labelSmoothing,
      double[] mean,
      double[] deviation) {
    this.network = initial.network();
    this.optimizer = optimizer;
    program = new TorchProgram(engine, device, network, precision);
    int size = network.parameterCount();
    parameters = program.zeros(size);
    buffers = program.zeros(Network.total(network.buffers()));
    step = TorchProgram.named(program.zeros(new Shape(), DataType.FLOAT32), "step");
    totals = TorchProgram.named(program.zeros(new Shape(3), DataType.FLOAT64), "totals");
    double[] settings = optimizer.hyper();
    settings[LABEL_SMOOTHING] = labelSmoothing;
    hyper =
        ByteBuffer.allocateDirect(settings.length * Double.BYTES).order(ByteOrder.nativeOrder());
    hyper.asDoubleBuffer().put(settings);
    setLearningRate(optimizer.learningRate());
    for (NDList list : List.of(trained, probed)) {
      list.add(TorchProgram.named(program.constants(mean), "mean"));
      list.add(TorchProgram.named(program.constants(deviation), "std"));
      TorchProgram.views(parameters, network.parameters(), "params", list);
      TorchProgram.views(buffers, network.buffers(), "buffers", list);
    }
    for (int i = 0; i < optimizer.moments(); i++) {
      moments.add(program.zeros(size));
      TorchProgram.views(moments.get(i), network.parameters(), "moment" + i, trained);
    }
    if (optimizer instanceof Optimizer.Adam) {
      trained.add(step);
    }
    trained.add(totals);
    trained.add(TorchProgram.named(program.onHost(hyper, settings.length), "hyper"));
    probed.add(totals);
    program.set(parameters, ChannelsLast.from(network.parameters(), initial.parameters()));
    program.set(buffers, initial.buffers());
    batches = initial.batches();
  }

  /** Sets the learning rate of the steps to come; at first it is the optimiser's. */
  public void setLearningRate(double rate) {
    hyper.putDouble(LEARNING_RATE * Double.BYTES, rate);
  }

  /**
   * Trains on one batch.
   *
   * @param pixels a direct buffer that begins with {@code count} images, height × width × channels
   *     bytes each; must not change before this returns
   * @param labels a direct buffer in native order that begins with {@code count} 64-bit classes
   * @throws dev.hemlock.common.work.Work.ShuttingDown if the process ends
   */
  public void step(ByteBuffer pixels, ByteBuffer labels, int count) {
    try (NDManager scope = program.scope()) {
      program.call(optimizer.method(), arguments(scope, pixels, labels, count, trained)).close();
    }
    batches++;
  }

  /**
   * The gradients of one batch, a sum of absolute values for each trainable tensor by name. Moves
   * the running statistics.
   */
  public Map<String, Double> gradientSizes(ByteBuffer pixels, ByteBuffer labels, int count) {
    Map<String, Double> sizes = new LinkedHashMap<>();
    try (NDManager scope = program.scope()) {
      NDList gradients = program.call("gradient", arguments(scope, pixels, labels, count, probed));
      for (int i = 0; i < gradients.size(); i++) {
        NDArray sum = gradients.get(i).abs().sum().toType(DataType.FLOAT64, false);
        sizes.put(network.parameters().get(i).name(), sum.getDouble());
      }
    }
    return sizes;
  }

  /** Reads the sums and starts them again from 0, if they are finite. Waits for the device. */
  public Totals takeTotals() {
    double[] sums = totals.toDoubleArray();
    totals.subi(totals);
    return new Totals(sums[0], sums[1], sums[2]);
  }

  /** The network as it is now. */
  public NetworkState state() {
    return new NetworkState(
        network,
        ChannelsLast.toRowMajor(network.parameters(), program.get(parameters)),
        program.get(buffers),
        batches);
  }

  /** Everything a later {@link #restore} needs to continue bit for bit. */
  public Safetensors save() {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    tensors.put("parameters", flat(parameters));
    tensors.put("buffers", flat(buffers));
    for (int i = 0; i < moments.size(); i++) {
      tensors.put("moment" + i, flat(moments.get(i)));
    }
    tensors.put("step", Safetensors.Tensor.of(List.of(), new double[] {step.getFloat()}));
    tensors.put("totals", Safetensors.Tensor.of(List.of(3L), totals.toDoubleArray()));
    tensors.put("batches", Safetensors.Tensor.of(List.of(), new long[] {batches}));
    return new Safetensors(tensors, Map.of());
  }

  /**
   * Continues from what {@link #save} gave for the same network and optimiser.
   *
   * @throws dev.hemlock.common.error.HemlockException INVALID_ARGUMENT if it doesn't fit
   */
  public void restore(Safetensors saved) {
    program.set(parameters, flat(saved, "parameters", parameters));
    program.set(buffers, flat(saved, "buffers", buffers));
    for (int i = 0; i < moments.size(); i++) {
      program.set(moments.get(i), flat(saved, "moment" + i, moments.get(i)));
    }
    double steps = saved.tensor("step", List.of()).doubles()[0];
    double[] sums = saved.tensor("totals", List.of(3L)).doubles();
    try (NDManager scope = program.scope()) {
      step.subi(step).addi(scope.create((float) steps));
      totals.subi(totals).addi(scope.create(sums));
    }
    batches = saved.tensor("batches", List.of()).longs()[0];
  }

  @Override
  public void close() {
    program.close();
  }

  private NDList arguments(
      NDManager scope, ByteBuffer pixels, ByteBuffer labels, int count, NDList state) {
    NDList arguments = new NDList(state.size() + 3);
    ByteBuffer images = pixels.slice(0, count * network.image().stride());
    arguments.add(TorchProgram.named(program.images(scope, images, count), "images"));
    NDArray classes =
        scope.create(labels.slice(0, count * Long.BYTES), new Shape(count), DataType.INT64);
    arguments.add(TorchProgram.named(classes, "labels"));
    arguments.addAll(state);
    return arguments;
  }

  private Safetensors.Tensor flat(NDArray array) {
    return Safetensors.Tensor.of(List.of(array.size()), program.get(array));
  }

  private static float[] flat(Safetensors saved, String name, NDArray array) {
    return saved.tensor(name, List.of(array.size())).floats();
  }
}
