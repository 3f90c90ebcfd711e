package dev.hemlock.evaluation.detection;

import dev.hemlock.evaluation.statistics.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * The smallest budget that a check or detector notices. One statistic stands for a data set, for
 * example the share of labels that a detector suspects; the larger, the more alarming. An alarm is
 * raised when it is above the smallest threshold that the clean data sets allow: the k-th smallest of
 * m clean statistics, k = ⌈(m + 1)(1 − rate)⌉. If a further clean data set is exchangeable with those,
 * its chance of an alarm is at most the rate, whatever the distribution. There is no such threshold
 * unless m is at least 1/rate − 1.
 *
 * <p>Source: Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005, chapter 2
 * (inductive conformal prediction).
 *
 * @param threshold empty if there are too few clean data sets for the rate
 * @param curve by ascending budget; empty without a threshold
 * @param smallestCaught the smallest budget from which on every budget tested is noticed in at least
 *     the wanted share of data sets; empty if there is none
 */
public record DetectionPower(
    OptionalDouble threshold, List<Point> curve, OptionalInt smallestCaught) {

  /**
   * One budget.
   *
   * @param budget flipped labels
   * @param alarms data sets that raised the alarm
   * @param runs data sets
   * @param interval 95 % of the chance of an alarm (Wilson), given the threshold
   */
  public record Point(int budget, int alarms, int runs, Interval interval) {
    /** The share of data sets that raised the alarm. */
    public double power() {
      return (double) alarms / runs;
    }
  }

  /**
   * Draws the curve.
   *
   * @param clean the statistics of data sets without flips
   * @param poisoned the statistics of data sets by number of flips, at least one each
   * @param falseAlarmRate above 0 and below 1
   * @param wantedPower the share of data sets that has to raise the alarm, above 0 and at most 1
   */
  public static DetectionPower of(
      double[] clean,
      SortedMap<Integer, double[]> poisoned,
      double falseAlarmRate,
      double wantedPower) {
    OptionalDouble threshold = threshold(clean, falseAlarmRate);
    if (threshold.isEmpty()) {
      return new DetectionPower(threshold, List.of(), OptionalInt.empty());
    }
    List<Point> curve =
        poisoned.entrySet().stream().map(e -> point(e, threshold.getAsDouble())).toList();
    OptionalInt smallest = OptionalInt.empty();
    for (int i = curve.size() - 1; i >= 0 && curve.get(i).power() >= wantedPower; i--) {
      smallest = OptionalInt.of(curve.get(i).budget());
    }
    return new DetectionPower(threshold, curve, smallest);
  }

  private static OptionalDouble threshold(double[] clean, double rate) {
    // The tolerance keeps 20 x 0.95 from becoming 19.000000000000004.
    int rank = Math.max(1, (int) Math.ceil((clean.length + 1) * (1 - rate) - 1e-9));
    if (rank > clean.length) {
      return OptionalDouble.empty();
    }
    double[] ascending = clean.clone();
    Arrays.sort(ascending);
    return OptionalDouble.of(ascending[rank - 1]);
  }

  private static Point point(Map.Entry<Integer, double[]> poisoned, double threshold) {
    double[] statistics = poisoned.getValue();
    int alarms = (int) Arrays.stream(statistics).filter(s -> s > threshold).count();
    return new Point(
        poisoned.getKey(), alarms, statistics.length, Interval.wilson(alarms, statistics.length));
  }
}
