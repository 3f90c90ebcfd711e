package dev.hemlock.evaluation;

import java.util.Arrays;
import java.util.List;

/**
 * Counts of samples by true and predicted class.
 *
 * <p>A ratio whose denominator is 0 is 0, as in scikit-learn's {@code zero_division=0}.
 */
public final class ConfusionMatrix {
  private final int[][] counts;

  private ConfusionMatrix(int[][] counts) {
    this.counts = counts;
  }

  /**
   * Counts predictions.
   *
   * @param truth true class indexes, each below {@code classCount}
   * @param predicted predicted class indexes, as many as {@code truth}
   */
  public static ConfusionMatrix count(int[] truth, int[] predicted, int classCount) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          truth.length + " labels do not fit " + predicted.length + " predictions");
    }
    int[][] counts = new int[classCount][classCount];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return new ConfusionMatrix(counts);
  }

  /** Takes rows by true class, each with one count at or above 0 a predicted class. */
  public static ConfusionMatrix ofRows(List<List<Integer>> rows) {
    int[][] counts = new int[rows.size()][];
    for (int t = 0; t < counts.length; t++) {
      counts[t] = rows.get(t).stream().mapToInt(Integer::intValue).toArray();
      if (counts[t].length != counts.length || Arrays.stream(counts[t]).anyMatch(c -> c < 0)) {
        throw new IllegalArgumentException(
            "Row " + t + " of a confusion matrix needs " + counts.length + " counts from 0");
      }
    }
    return new ConfusionMatrix(counts);
  }

  public int classCount() {
    return counts.length;
  }

  /** Samples of true class {@code truth} predicted as {@code predicted}. */
  public int count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  /** The counts by predicted class of the samples of true class {@code truth}. */
  public List<Integer> row(int truth) {
    return Arrays.stream(counts[truth]).boxed().toList();
  }

  /** All samples. */
  public int total() {
    return Arrays.stream(counts).mapToInt(row -> Arrays.stream(row).sum()).sum();
  }

  /** Samples of true class {@code truth}. */
  public int support(int truth) {
    return Arrays.stream(counts[truth]).sum();
  }

  /** Samples predicted as {@code predicted}. */
  public int predictedCount(int predicted) {
    return Arrays.stream(counts).mapToInt(row -> row[predicted]).sum();
  }

  /** Share of all samples predicted right, 0 to 1. */
  public double accuracy() {
    int right = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
    }
    return share(right, total());
  }

  /** P(predicted {@code predicted} | true {@code truth}), 0 to 1. */
  public double rate(int truth, int predicted) {
    return share(counts[truth][predicted], support(truth));
  }

  /** Share of the samples of a class that are found, 0 to 1. */
  public double recall(int classIndex) {
    return rate(classIndex, classIndex);
  }

  /** Share of the predictions of a class that are right, 0 to 1. */
  public double precision(int classIndex) {
    return share(counts[classIndex][classIndex], predictedCount(classIndex));
  }

  /** Harmonic mean of precision and recall, 0 to 1: 2 TP / (2 TP + FP + FN). */
  public double f1(int classIndex) {
    return share(
        2 * counts[classIndex][classIndex], support(classIndex) + predictedCount(classIndex));
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix that && Arrays.deepEquals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(counts);
  }
}
