package dev.hemlock.common.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.common.primitives.Doubles;
import com.google.common.primitives.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One network in training. One call of a step is one call of native code: decoding, forward pass,
 * mean loss, gradient and optimiser. Loss and hits gather beside the state and are read
 * only when asked for. Belongs to the thread that made it; several in one process don't disturb
 * each other.
 */
public final class TorchTraining implements AutoCloseable {
  private static final int LEARNING_RATE = 0;
  private static final int LOSS_SETTINGS = 3;
  private static final int METHOD_SETTINGS = 3;

  private final TorchProgram program;
  private final Network network;
  private final Optimizer optimizer;
  private final List<TensorSpec> trainable;
  private final NDArray parameters;
  private final NDArray buffers;
  private final List<NDArray> moments = new ArrayList<>();
  private final NDArray step;
  private final NDArray totals;
  private final ByteBuffer hyper;
  private final ByteBuffer settings;
  private final Loss.Memory table;
  private final NDArray memory;
  private final NDList trained = new NDList();
  private final NDList probed = new NDList();
  private final NDList kept = new NDList();
  private long batches;

  /**
   * Sums over the samples trained on since they were last taken.
   *
   * @param loss as the training's loss gives it
   * @param correct samples predicted as labelled
   * @param samples how many
   */
  public record Totals(double loss, double correct, double samples) {}

  /**
   * Starts from a state.
   *
   * @param mean of each channel, of pixels from 0 to 1
   * @param deviation of each channel likewise
   */
  public TorchTraining(
      TorchEngine engine,
      TorchDevice device,
      Precision precision,
      NetworkState initial,
      Optimizer optimizer,
      Loss loss,
      TrainingMethod method,
      double[] mean,
      double[] deviation) {
    this.network = initial.network();
    this.optimizer = optimizer;
    program = new TorchProgram(engine, device, network, precision, loss, method);
    List<NetworkState> start =
        method instanceof TrainingMethod.CoTeaching both
            ? List.of(initial, both.peer())
            : List.of(initial);
    trainable = tensors(start, Network::parameters);
    List<TensorSpec> statistics = tensors(start, Network::buffers);
    int size = Network.total(trainable);
    parameters = program.zeros(size);
    buffers = program.zeros(Network.total(statistics));
    step = TorchProgram.named(program.zeros(new Shape(), DataType.FLOAT32), "step");
    totals = TorchProgram.named(program.zeros(new Shape(3), DataType.FLOAT64), "totals");
    hyper = doubles(optimizer.hyper());
    setLearningRate(optimizer.learningRate());
    table = loss.memory(network.classes());
    memory =
        TorchProgram.named(
            program.zeros(new Shape(table.rows(), table.columns()), DataType.FLOAT64), "memory");
    if (table.values().length > 0) {
      remember(table.values());
    }
    settings =
        doubles(
            Doubles.concat(
                Arrays.copyOf(loss.settings(), LOSS_SETTINGS),
                Arrays.copyOf(method.settings(), METHOD_SETTINGS)));
    NDArray numbers =
        TorchProgram.named(program.onHost(settings, LOSS_SETTINGS + METHOD_SETTINGS), "settings");
    for (NDList list : List.of(trained, probed)) {
      list.add(TorchProgram.named(program.constants(mean), "mean"));
      list.add(TorchProgram.named(program.constants(deviation), "std"));
      TorchProgram.views(parameters, trainable, "params", list);
      TorchProgram.views(buffers, statistics, "buffers", list);
    }
    for (int i = 0; i < optimizer.moments(); i++) {
      moments.add(program.zeros(size));
      TorchProgram.views(moments.get(i), trainable, "moment" + i, trained);
    }
    if (optimizer instanceof Optimizer.Adam) {
      trained.add(step);
    }
    trained.add(totals);
    trained.add(TorchProgram.named(program.onHost(hyper, optimizer.hyper().length), "hyper"));
    probed.add(totals);
    for (NDList list : List.of(trained, probed)) {
      list.add(numbers);
      list.add(memory);
    }
    program.set(parameters, ChannelsLast.from(trainable, joined(start, NetworkState::parameters)));
    program.set(buffers, joined(start, NetworkState::buffers));
    batches = initial.batches();
  }

  /** Sets the learning rate of the steps to come; at first it is the optimiser's. */
  public void setLearningRate(double rate) {
    hyper.putDouble(LEARNING_RATE * Double.BYTES, rate);
  }

  /**
   * Sets the share of a batch that Co-teaching leaves out in the steps to come; at first it is 0.
   *
   * @param rate 0 to below 1
   */
  public void setForgetRate(double rate) {
    settings.putDouble(LOSS_SETTINGS * Double.BYTES, 1 - rate);
  }

  /**
   * Makes room on the device for images that stay there. Batches may then name them by positions.
   *
   * @param count images in all, black until they are put
   */
  public void keepImages(int count) {
    kept.add(program.zeros(program.imageShape(count), DataType.UINT8));
  }

  /**
   * Puts images that stay on the device.
   *
   * @param from position of the first
   * @param pixels a direct buffer that begins with the images
   * @param count how many
   */
  public void putImages(int from, ByteBuffer pixels, int count) {
    ByteBuffer images = pixels.slice(0, count * network.image().stride());
    try (NDManager scope = program.scope()) {
      NDArray source = program.images(scope, images, count);
      kept.singletonOrThrow().set(new NDIndex(from + ":" + (from + count)), source);
    }
  }

  /**
   * Trains on one batch.
   *
   * @throws dev.hemlock.common.work.Work.ShuttingDown if the process ends
   */
  public void step(TrainingBatch batch) {
    try (NDManager scope = program.scope()) {
      program.call(optimizer.method(), arguments(scope, batch, trained)).close();
    }
    batches++;
  }

  /**
   * The gradients of one batch, a sum of absolute values for each trainable tensor by name. Moves
   * the running statistics.
   */
  public Map<String, Double> gradientSizes(TrainingBatch batch) {
    Map<String, Double> sizes = new LinkedHashMap<>();
    try (NDManager scope = program.scope()) {
      NDList gradients = program.call("gradient", arguments(scope, batch, probed));
      for (int i = 0; i < gradients.size(); i++) {
        NDArray sum = gradients.get(i).abs().sum().toType(DataType.FLOAT64, false);
        sizes.put(trainable.get(i).name(), sum.getDouble());
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

  /** The network as it is now; of two the first. */
  public NetworkState state() {
    return new NetworkState(
        network,
        ChannelsLast.toRowMajor(
            network.parameters(), Arrays.copyOf(program.get(parameters), network.parameterCount())),
        Arrays.copyOf(program.get(buffers), Network.total(network.buffers())),
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
    if (table.changes()) {
      tensors.put("memory", Safetensors.Tensor.of(shape(memory), memory.toDoubleArray()));
    }
    tensors.put("step", Safetensors.Tensor.of(List.of(), new double[] {step.getFloat()}));
    tensors.put("totals", Safetensors.Tensor.of(List.of(3L), totals.toDoubleArray()));
    tensors.put("batches", Safetensors.Tensor.of(List.of(), new long[] {batches}));
    return new Safetensors(tensors, Map.of());
  }

  /**
   * Continues from what {@link #save} gave for the same network, optimiser, loss and method.
   *
   * @throws dev.hemlock.common.error.HemlockException INVALID_ARGUMENT if it doesn't fit
   */
  public void restore(Safetensors saved) {
    program.set(parameters, flat(saved, "parameters", parameters));
    program.set(buffers, flat(saved, "buffers", buffers));
    for (int i = 0; i < moments.size(); i++) {
      program.set(moments.get(i), flat(saved, "moment" + i, moments.get(i)));
    }
    if (table.changes()) {
      remember(saved.tensor("memory", shape(memory)).doubles());
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

  private NDList arguments(NDManager scope, TrainingBatch batch, NDList state) {
    NDList arguments = new NDList(state.size() + batch.more().size() + 3);
    int count = batch.count();
    arguments.add(column(scope, batch.images(), count));
    arguments.add(integers(scope, batch.labels(), count));
    batch.more().forEach(column -> arguments.add(column(scope, column, count)));
    if (batch.images().kind() == TrainingBatch.Kind.INTEGER) {
      arguments.add(kept.singletonOrThrow());
    }
    arguments.forEach(part -> part.setName("batch[]"));
    arguments.addAll(state);
    return arguments;
  }

  private NDArray column(NDManager scope, TrainingBatch.Column column, int count) {
    ByteBuffer values = column.values();
    return switch (column.kind()) {
      case PIXELS ->
          program.images(scope, values.slice(0, count * network.image().stride()), count);
      case INTEGER -> integers(scope, values, count);
      case SHARE -> floats(scope, values, new Shape(count));
      case IMAGE -> floats(scope, values, program.imageShape(count));
    };
  }

  private static NDArray integers(NDManager scope, ByteBuffer values, int count) {
    return scope.create(values.slice(0, count * Long.BYTES), new Shape(count), DataType.INT64);
  }

  private static NDArray floats(NDManager scope, ByteBuffer values, Shape shape) {
    ByteBuffer used = values.slice(0, (int) shape.size() * Float.BYTES);
    return scope.create(used, shape, DataType.FLOAT32);
  }

  /** The tensors of all networks, one after another; those of a second have a prefix. */
  private static List<TensorSpec> tensors(
      List<NetworkState> networks, Function<Network, List<TensorSpec>> of) {
    List<TensorSpec> all = new ArrayList<>(of.apply(networks.get(0).network()));
    networks.stream()
        .skip(1)
        .flatMap(state -> of.apply(state.network()).stream())
        .map(tensor -> new TensorSpec("peer." + tensor.name(), tensor.shape(), tensor.initial()))
        .forEach(all::add);
    return all;
  }

  private static float[] joined(
      List<NetworkState> networks, Function<NetworkState, float[]> values) {
    return Floats.concat(networks.stream().map(values).toArray(float[][]::new));
  }

  private static ByteBuffer doubles(double[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(values.length * Double.BYTES).order(ByteOrder.nativeOrder());
    buffer.asDoubleBuffer().put(values);
    return buffer;
  }

  private void remember(double[] values) {
    try (NDManager scope = program.scope()) {
      memory.subi(memory).addi(scope.create(values, memory.getShape()));
    }
  }

  private static List<Long> shape(NDArray array) {
    return Arrays.stream(array.getShape().getShape()).boxed().toList();
  }

  private Safetensors.Tensor flat(NDArray array) {
    return Safetensors.Tensor.of(List.of(array.size()), program.get(array));
  }

  private static float[] flat(Safetensors saved, String name, NDArray array) {
    return saved.tensor(name, List.of(array.size())).floats();
  }
}
