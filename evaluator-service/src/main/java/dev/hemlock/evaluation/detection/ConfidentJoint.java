package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The confident joint of Northcutt et al. 2021, section 3.1: how many samples of each given label are
 * confidently of each class, calibrated so that each given label's counts add up to its number of
 * samples.
 *
 * <p>A class is confident for a sample if its probability reaches the class's mean probability over
 * the samples given its label. Of several confident classes the most probable one counts.
 */
final class ConfidentJoint {
  private static final double TOLERANCE = 1e-6;
  private static final double LOWEST_THRESHOLD = 2e-6;
  private static final double UNREACHABLE = 2;

  private ConfidentJoint() {}

  /**
   * Rows by given label, columns by estimated class; each row adds up to the label's samples.
   *
   * @param predicted the most probable class of each sample
   */
  static int[][] estimate(GivenLabels labels, Matrix probabilities, int[] predicted) {
    int[] counts = new int[labels.classCount()];
    for (int label : labels.given()) {
      counts[label]++;
    }
    double[] thresholds = thresholds(labels, counts, probabilities);
    return calibrate(count(labels, thresholds, probabilities, predicted), counts);
  }

  private static double[] thresholds(GivenLabels labels, int[] counts, Matrix probabilities) {
    double[] sums = new double[counts.length];
    for (int i = 0; i < labels.count(); i++) {
      sums[labels.given()[i]] += probabilities.at(i, labels.given()[i]);
    }
    return labels
        .classes()
        .mapToDouble(
            c ->
                counts[c] == 0
                    ? UNREACHABLE
                    : Math.max(LOWEST_THRESHOLD, sums[c] / counts[c]) - TOLERANCE)
        .toArray();
  }

  private static int[][] count(
      GivenLabels labels, double[] thresholds, Matrix probabilities, int[] predicted) {
    int classes = thresholds.length;
    int[] guesses =
        IntStream.range(0, labels.count())
            .parallel()
            .map(i -> guess(thresholds, probabilities, i, predicted[i]))
            .toArray();
    int[][] joint = new int[classes][classes];
    for (int i = 0; i < guesses.length; i++) {
      if (guesses[i] >= 0) {
        joint[labels.given()[i]][guesses[i]]++;
      }
    }
    for (int c = 0; c < classes; c++) {
      joint[c][c] = Math.max(1, joint[c][c]);
    }
    return joint;
  }

  /** The class that a sample is confidently of, or -1. */
  private static int guess(double[] thresholds, Matrix probabilities, int row, int predicted) {
    int only = -1;
    for (int c = 0; c < thresholds.length; c++) {
      if (probabilities.at(row, c) >= thresholds[c]) {
        if (only >= 0) {
          return predicted;
        }
        only = c;
      }
    }
    return only;
  }

  private static int[][] calibrate(int[][] joint, int[] counts) {
    int classes = counts.length;
    double[][] calibrated = new double[classes][classes];
    double total = 0;
    for (int given = 0; given < classes; given++) {
      int confident = Arrays.stream(joint[given]).sum();
      for (int c = 0; c < classes; c++) {
        calibrated[given][c] = (double) joint[given][c] / confident * counts[given];
        total += calibrated[given][c];
      }
    }
    double scale = Arrays.stream(counts).sum();
    int[][] rounded = new int[classes][];
    for (int given = 0; given < classes; given++) {
      double sum = total;
      rounded[given] = round(Arrays.stream(calibrated[given]).map(x -> x / sum * scale).toArray());
    }
    return rounded;
  }

  /** Rounds, then moves those that rounding moved most by 1, until the sum is kept. */
  private static int[] round(double[] values) {
    long[] rounded = Arrays.stream(values).mapToLong(x -> (long) Math.rint(x)).toArray();
    long missing = (long) Math.rint(Arrays.stream(values).sum()) - Arrays.stream(rounded).sum();
    int step = Long.signum(missing);
    Comparator<Integer> byGap = Comparator.comparingDouble(i -> values[i] - rounded[i]);
    int[] ascending =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(byGap)
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; i < Math.abs(missing); i++) {
      rounded[step > 0 ? ascending[values.length - 1 - i] : ascending[i]] += step;
    }
    return Arrays.stream(rounded).mapToInt(Math::toIntExact).toArray();
  }
}
