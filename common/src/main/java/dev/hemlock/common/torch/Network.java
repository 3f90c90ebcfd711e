package dev.hemlock.common.torch;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import dev.hemlock.common.torch.TensorSpec.Initial;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of one network: names, PyTorch shapes and starting values, in torchvision's order.
 *
 * <p>Initialisation has torchvision's distributions. {@code resnet18}: convolutions normal with
 * deviation √(2 / fan-out) (He et al. 2015), the linear layer PyTorch's default, uniform within
 * ±1/√fan-in. {@code smallcnn} and {@code fast}: PyTorch's defaults, uniform within ±1/√fan-in. Batch norm starts
 * with weight 1, bias 0, mean 0 and variance 1. Tensor i draws from {@code INIT} at (0, i).
 */
public final class Network {
  private static final int SMALLEST_MAP = 4;
  private static final int[] SMALLCNN_WIDTHS = {16, 32, 64, 128};
  private static final int FAST_WIDTH = 64;

  private final Architecture architecture;
  private final ImageShape image;
  private final int classes;
  private final List<TensorSpec> parameters = new ArrayList<>();
  private final List<TensorSpec> buffers = new ArrayList<>();
  private int features;
  private int height;
  private int width;
  private long mapValues;

  private Network(Architecture architecture, ImageShape image, int classes) {
    this.architecture = architecture;
    this.image = image;
    this.classes = classes;
    this.height = image.height();
    this.width = image.width();
    this.mapValues = 2L * image.stride();
  }

  /**
   * The network for images of a shape.
   *
   * @param classes from 2
   */
  public static Network of(Architecture architecture, ImageShape image, int classes) {
    Network network = new Network(architecture, image, classes);
    switch (architecture) {
      case RESNET18 -> network.resnet18();
      case SMALLCNN -> network.smallcnn();
      case FAST -> network.fast();
    }
    return network;
  }

  public Architecture architecture() {
    return architecture;
  }

  /** The images it takes. */
  public ImageShape image() {
    return image;
  }

  public int classes() {
    return classes;
  }

  /** Numbers an image before the last layer. */
  public int features() {
    return features;
  }

  /** Trainable numbers. */
  public int parameterCount() {
    return total(parameters);
  }

  /**
   * The values a batch norm of the last, smallest map averages an image: a batch of one image can't
   * be trained on if this is 1.
   */
  public int smallestMap() {
    return switch (architecture) {
      case RESNET18, FAST -> eighth(image.height()) * eighth(image.width());
      case SMALLCNN -> SMALLEST_MAP * SMALLEST_MAP;
    };
  }

  /**
   * Numbers of one image that a training step keeps for the gradient: its pixels, what each
   * convolution gives and what the norm after it gives, what a pool gives and where it took it from.
   */
  public long mapValues() {
    return mapValues;
  }

  /** The trainable tensors. */
  List<TensorSpec> parameters() {
    return parameters;
  }

  /** Running means and variances. */
  List<TensorSpec> buffers() {
    return buffers;
  }

  /** A batch norm's running statistics come in pairs; this names the counter beside each pair. */
  List<String> counters() {
    return buffers.stream()
        .map(TensorSpec::name)
        .filter(name -> name.endsWith(".running_mean"))
        .map(name -> name.replace("running_mean", "num_batches_tracked"))
        .toList();
  }

  /**
   * The network before training.
   *
   * @param seed unsigned 32 bits
   */
  public NetworkState initial(int seed) {
    return initial(seed, Purpose.INIT);
  }

  /**
   * Another network of the same distribution before training.
   *
   * @param seed unsigned 32 bits
   */
  public NetworkState peer(int seed) {
    return initial(seed, Purpose.PEER_INIT);
  }

  private NetworkState initial(int seed, Purpose purpose) {
    RandomStream stream = new RandomStream(seed, purpose);
    return new NetworkState(this, fill(parameters, stream), fill(buffers, stream), 0);
  }

  static int total(List<TensorSpec> tensors) {
    return tensors.stream().mapToInt(TensorSpec::size).reduce(0, Math::addExact);
  }

  private static float[] fill(List<TensorSpec> tensors, RandomStream stream) {
    float[] all = new float[total(tensors)];
    int at = 0;
    for (int i = 0; i < tensors.size(); i++) {
      float[] values = new float[tensors.get(i).size()];
      tensors.get(i).initial().fill(stream, i, values);
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return all;
  }

  private void resnet18() {
    convolution("conv1", 64, image.channels(), 3);
    norm("bn1", 64);
    int in = 64;
    for (int stage = 1; stage <= 4; stage++) {
      int out = 32 << stage;
      if (in != out) {
        halve();
      }
      for (int i = 0; i < 2; i++) {
        String block = "layer" + stage + "." + i + ".";
        convolution(block + "conv1", out, in, 3);
        norm(block + "bn1", out);
        convolution(block + "conv2", out, out, 3);
        norm(block + "bn2", out);
        if (in != out) {
          convolution(block + "downsample.0", out, in, 1);
          norm(block + "downsample.1", out);
        }
        in = out;
      }
    }
    linear(in);
  }

  private void smallcnn() {
    int in = image.channels();
    int block = 0;
    int side = Math.min(image.height(), image.width());
    do {
      int out = SMALLCNN_WIDTHS[block++];
      convolution("conv" + block, out, in, 3);
      norm("bn" + block, out);
      in = out;
      side /= 2;
      pool(out);
    } while (block < SMALLCNN_WIDTHS.length && side >= SMALLEST_MAP);
    linear(in * SMALLEST_MAP * SMALLEST_MAP);
  }

  private void fast() {
    halve();
    convolution("conv1", FAST_WIDTH, image.channels(), 3);
    norm("bn1", FAST_WIDTH);
    int in = FAST_WIDTH;
    for (int layer = 1; layer <= 2; layer++) {
      int out = 2 * in;
      for (int i = 1; i <= 3; i++) {
        convolution("layer" + layer + ".conv" + i, out, in, 3);
        norm("layer" + layer + ".bn" + i, out);
        if (i == 1) {
          pool(out);
        }
        in = out;
      }
    }
    linear(in);
  }

  private void convolution(String name, int out, int in, int kernel) {
    Initial initial =
        architecture == Architecture.RESNET18
            ? new Initial.Normal((float) Math.sqrt(2.0 / (out * kernel * kernel)))
            : new Initial.Uniform((float) (1 / Math.sqrt(in * kernel * kernel)));
    parameters.add(new TensorSpec(name + ".weight", List.of(out, in, kernel, kernel), initial));
    mapValues += 2L * out * height * width;
  }

  private void pool(int channels) {
    halve();
    mapValues += 3L * channels * height * width;
  }

  /** Maps from here on have half the height and width, rounded up. */
  private void halve() {
    height = (height + 1) / 2;
    width = (width + 1) / 2;
  }

  private void norm(String name, int width) {
    List<Integer> shape = List.of(width);
    parameters.add(new TensorSpec(name + ".weight", shape, new Initial.Constant(1)));
    parameters.add(new TensorSpec(name + ".bias", shape, new Initial.Constant(0)));
    buffers.add(new TensorSpec(name + ".running_mean", shape, new Initial.Constant(0)));
    buffers.add(new TensorSpec(name + ".running_var", shape, new Initial.Constant(1)));
  }

  private void linear(int in) {
    features = in;
    Initial initial = new Initial.Uniform((float) (1 / Math.sqrt(in)));
    parameters.add(new TensorSpec("fc.weight", List.of(classes, in), initial));
    parameters.add(new TensorSpec("fc.bias", List.of(classes), initial));
  }

  private static int eighth(int side) {
    return (side + 7) / 8;
  }
}
