package dev.hemlock.common.torch;

import dev.hemlock.common.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a network.
 *
 * @param name torchvision's, for example {@code layer1.0.conv1.weight}
 * @param shape PyTorch's, for example (out, in, height, width) for a convolution's weight
 * @param initial how it starts
 */
record TensorSpec(String name, List<Integer> shape, Initial initial) {
  TensorSpec {
    shape = List.copyOf(shape);
  }

  int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  long[] dimensions() {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  boolean isConvolution() {
    return shape.size() == 4;
  }

  /** How a tensor starts. */
  sealed interface Initial {
    /** Fills a tensor's values from the stream at (0, {@code tensor}). */
    void fill(RandomStream stream, int tensor, float[] values);

    /** Every element the same. */
    record Constant(float value) implements Initial {
      @Override
      public void fill(RandomStream stream, int tensor, float[] values) {
        Arrays.fill(values, value);
      }
    }

    /** Normal with mean 0. */
    record Normal(float deviation) implements Initial {
      @Override
      public void fill(RandomStream stream, int tensor, float[] values) {
        stream.fillNormal(0, tensor, 0, deviation, values);
      }
    }

    /** Uniform between plus and minus the bound. */
    record Uniform(float bound) implements Initial {
      @Override
      public void fill(RandomStream stream, int tensor, float[] values) {
        stream.fillUniform(0, tensor, -bound, bound, values);
      }
    }
  }
}
