package dev.hemlock.training;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * How pixels become a network's input: (pixel / 255 - mean) / deviation, a channel each.
 *
 * @param mean of each channel, of pixels from 0 to 1
 * @param deviation of each channel likewise, divisor n; 1 for a channel that never varies
 */
record Normalisation(double[] mean, double[] deviation) {
  private static final int WHITE = 255;

  /** Measures a set. The sums are exact, so the order of the samples doesn't matter. */
  static Normalisation of(TrainingSet set) {
    int channels = set.images().shape().channels();
    byte[] image = new byte[set.images().stride()];
    long[] sums = new long[channels];
    long[] squares = new long[channels];
    for (int id : set.ids()) {
      set.images().copy(id, image, 0);
      for (int i = 0; i < image.length; i += channels) {
        for (int c = 0; c < channels; c++) {
          int value = Byte.toUnsignedInt(image[i + c]);
          sums[c] += value;
          squares[c] += value * value;
        }
      }
    }
    long count = (long) set.size() * image.length / channels;
    double[] mean = new double[channels];
    double[] deviation = new double[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = (double) sums[c] / (count * WHITE);
      deviation[c] = deviation(sums[c], squares[c], count);
    }
    return new Normalisation(mean, deviation);
  }

  /** √(n·Σx² − (Σx)²) / (255·n), the difference taken exactly. */
  private static double deviation(long sum, long squares, long count) {
    BigInteger spread =
        BigInteger.valueOf(count)
            .multiply(BigInteger.valueOf(squares))
            .subtract(BigInteger.valueOf(sum).pow(2));
    if (spread.signum() == 0) {
      return 1;
    }
    double root = new BigDecimal(spread).sqrt(MathContext.DECIMAL64).doubleValue();
    return root / ((double) count * WHITE);
  }
}
