package dev.hemlock.evaluation.statistics;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * A confidence interval.
 *
 * @param low lower end
 * @param high upper end, at or above {@code low}
 */
public record Interval(double low, double high) {
  private static final double ERROR_RATE = 0.05;

  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("an interval can not go from " + low + " to " + high);
    }
  }

  /**
   * The 95 % score interval of the rate behind {@code count} hits among {@code total} independent
   * samples: the rates p with |count/total − p| ≤ 1.96 · √(p (1 − p) / total). Without samples it is
   * 0 to 1.
   *
   * <p>Source: Wilson, "Probable inference, the law of succession, and statistical inference", J. Am.
   * Stat. Assoc. 22, 1927.
   */
  public static Interval wilson(int count, int total) {
    if (total == 0) {
      return new Interval(0, 1);
    }
    var interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(total, count, ERROR_RATE);
    return new Interval(interval.getLowerBound(), interval.getUpperBound());
  }

  /** The part between two bounds; an interval beyond a bound shrinks to it. */
  public Interval cutTo(double least, double most) {
    return new Interval(
        Math.min(most, Math.max(least, low)), Math.min(most, Math.max(least, high)));
  }
}
