package dev.hemlock.common.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A network's program and the arrays it works on. An array is one flat piece; the program gets
 * views into it, convolution weights in channels-last order. Belongs to the thread that made it.
 */
final class TorchProgram implements AutoCloseable {
  private final TorchEngine engine;
  private final Network network;
  private final Precision precision;
  private final NDManager manager;
  private final PtSymbolBlock program;

  /** A program that predicts. */
  TorchProgram(TorchEngine engine, TorchDevice device, Network network, Precision precision) {
    this(engine, device, network, precision, new Loss.CrossEntropy(0), new TrainingMethod.Plain());
  }

  TorchProgram(
      TorchEngine engine,
      TorchDevice device,
      Network network,
      Precision precision,
      Loss loss,
      TrainingMethod method) {
    this.engine = engine;
    this.network = network;
    this.precision = precision;
    engine.require(device);
    this.manager = NDManager.newBaseManager(device.djl(), "PyTorch");
    byte[] archive = TorchArchive.build(network.architecture(), precision, loss.id(), method.id());
    try {
      this.program =
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
    } catch (IOException e) {
      manager.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
    engine.enterThread();
  }

  Network network() {
    return network;
  }

  /** A manager for the arrays of one step. */
  NDManager scope() {
    return manager.newSubManager();
  }

  NDArray zeros(int size) {
    return manager.zeros(new Shape(size), precision.stateType());
  }

  NDArray zeros(Shape shape, DataType type) {
    return manager.zeros(shape, type);
  }

  /** Means or deviations of the channels. */
  NDArray constants(double[] values) {
    NDArray constants = zeros(values.length);
    try (NDManager scope = scope()) {
      // toType can return an alias of memory that lives no longer than the scope's arrays
      constants.addi(scope.create(values).toType(precision.stateType(), false));
    }
    return constants;
  }

  /** The doubles of a direct buffer as a host array, on whatever device the rest is; it sees changes. */
  NDArray onHost(ByteBuffer values, int count) {
    return manager.newSubManager(Device.cpu()).create(values, new Shape(count), DataType.FLOAT64);
  }

  /** Sets a flat array in place; its views see the change. */
  void set(NDArray array, float[] values) {
    try (NDManager scope = scope()) {
      NDArray source = scope.create(values, array.getShape());
      // NDArray.set(Buffer) would give the array new storage, which the views don't see
      array.set(new NDIndex(":"), source.toType(precision.stateType(), false));
    }
  }

  float[] get(NDArray array) {
    try (NDManager scope = scope()) {
      NDArray values = array.toType(DataType.FLOAT32, false);
      if (values != array) {
        values.attach(scope);
      }
      return values.toFloatArray();
    }
  }

  /** Images of a batch: {@code count} × height × width × channels bytes, copied to the device. */
  NDArray images(NDManager scope, ByteBuffer pixels, int count) {
    return scope.create(pixels, imageShape(count), DataType.UINT8);
  }

  /** Count, height, width, channels. */
  Shape imageShape(int count) {
    var image = network.image();
    return new Shape(count, image.height(), image.width(), image.channels());
  }

  static NDArray named(NDArray array, String name) {
    array.setName(name);
    return array;
  }

  /** Views of a flat array as one list argument. */
  static void views(NDArray flat, List<TensorSpec> tensors, String argument, NDList into) {
    int at = 0;
    for (TensorSpec tensor : tensors) {
      NDArray part = flat.get(at + ":" + (at + tensor.size()));
      long[] s = tensor.dimensions();
      NDArray view =
          tensor.isConvolution()
              ? part.reshape(s[0], s[2], s[3], s[1]).transpose(0, 3, 1, 2)
              : part.reshape(s);
      into.add(named(view, argument + "[]"));
      at += tensor.size();
    }
  }

  /** Calls a method; what it returns belongs to the manager of the first argument. */
  NDList call(String method, NDList arguments) {
    boolean train = !method.equals("predict");
    NDManager scope = arguments.get(0).getManager();
    try (NDArray name = named(scope.create(0), "module_method:" + method)) {
      NDList all = new NDList(arguments.size() + 1);
      all.addAll(arguments);
      all.add(name);
      return engine.step(() -> IValueUtils.forward(program, all, train));
    }
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
