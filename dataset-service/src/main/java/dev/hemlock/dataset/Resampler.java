package dev.hemlock.dataset;

/**
 * Separable resampling with a triangle filter. Plain double arithmetic in a fixed order, so that the
 * result is the same on every machine.
 */
final class Resampler {

  private Resampler() {}

  /**
   * Scales a part of an image.
   *
   * @param top first row of the part, may be fractional
   * @param left first column of the part
   * @param partHeight rows of the part
   * @param partWidth columns of the part
   */
  static Pixels resample(
      Pixels image,
      double top,
      double left,
      double partHeight,
      double partWidth,
      int height,
      int width) {
    int channels = image.channels();
    Weights across = Weights.of(image.width(), left, partWidth, width);
    Weights down = Weights.of(image.height(), top, partHeight, height);
    float[] narrow = new float[image.height() * width * channels];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        double[] weights = across.weights[x];
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int k = 0; k < weights.length; k++) {
            int from = (y * image.width() + across.first[x] + k) * channels + c;
            sum += weights[k] * (image.bytes()[from] & 0xff);
          }
          narrow[(y * width + x) * channels + c] = (float) sum;
        }
      }
    }
    byte[] out = new byte[height * width * channels];
    int rowLength = width * channels;
    for (int y = 0; y < height; y++) {
      double[] weights = down.weights[y];
      for (int i = 0; i < rowLength; i++) {
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
          sum += weights[k] * narrow[(down.first[y] + k) * rowLength + i];
        }
        out[y * rowLength + i] = (byte) Math.max(0, Math.min(255, Math.round(sum)));
      }
    }
    return new Pixels(height, width, channels, out);
  }

  /** For each target position the first source position and the weights from there on. */
  private record Weights(int[] first, double[][] weights) {

    static Weights of(int source, double start, double length, int target) {
      double scale = length / target;
      double support = Math.max(scale, 1);
      int[] first = new int[target];
      double[][] weights = new double[target][];
      for (int i = 0; i < target; i++) {
        double centre = start + (i + 0.5) * scale;
        int from = Math.max(0, (int) (centre - support + 0.5));
        int to = Math.max(from + 1, Math.min(source, (int) (centre + support + 0.5)));
        from = Math.min(from, source - 1);
        to = Math.min(to, source);
        double[] w = new double[to - from];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
          w[k] = Math.max(0, 1 - Math.abs((from + k + 0.5 - centre) / support));
          sum += w[k];
        }
        for (int k = 0; k < w.length; k++) {
          w[k] = sum == 0 ? 1.0 / w.length : w[k] / sum;
        }
        first[i] = from;
        weights[i] = w;
      }
      return new Weights(first, weights);
    }
  }
}
