package dev.hemlock.common.torch;

import java.util.List;

/** Between row-major tensors, convolutions (O, I, H, W), and the order they are trained in, (O, H, W, I). */
final class ChannelsLast {
  private ChannelsLast() {}

  static float[] from(List<TensorSpec> tensors, float[] rowMajor) {
    return permute(tensors, rowMajor, true);
  }

  static float[] toRowMajor(List<TensorSpec> tensors, float[] channelsLast) {
    return permute(tensors, channelsLast, false);
  }

  private static float[] permute(List<TensorSpec> tensors, float[] source, boolean toLast) {
    float[] target = new float[source.length];
    int at = 0;
    for (TensorSpec tensor : tensors) {
      if (tensor.isConvolution()) {
        int out = tensor.shape().get(0);
        int in = tensor.shape().get(1);
        int area = tensor.shape().get(2) * tensor.shape().get(3);
        for (int o = 0; o < out; o++) {
          int base = at + o * in * area;
          for (int i = 0; i < in; i++) {
            for (int a = 0; a < area; a++) {
              int row = base + i * area + a;
              int last = base + a * in + i;
              if (toLast) {
                target[last] = source[row];
              } else {
                target[row] = source[last];
              }
            }
          }
        }
      } else {
        System.arraycopy(source, at, target, at, tensor.size());
      }
      at += tensor.size();
    }
    return target;
  }
}
