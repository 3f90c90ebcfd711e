package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.Interval;
import dev.hemlock.evaluation.statistics.StudentT;
import org.apache.commons.statistics.descriptive.Mean;

/**
 * A mean with its two-sided 95 % t interval, mean ± t(0.975, n-1) · s / √n (Student, "The probable
 * error of a mean", Biometrika 6, 1908).
 *
 * <p>An interval is cut to the range the quantity can take, [-1, 1] for a difference of shares and
 * [0, 1] for a share: the true mean cannot lie outside, so the cut costs no coverage. One value
 * gives no interval, and the bounds are that range. Equal values give an interval without width,
 * which claims more than a few values can show; {@link #hasWidth} tells.
 *
 * @param estimate the mean
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record Estimate(double estimate, double low, double high) {
  private static final double ERROR_RATE = 0.05;
  private static final double ROUNDING = 1e-12;

  public Estimate {
    if (!(low <= estimate && estimate <= high)) {
      throw new IllegalArgumentException(
          "An estimate of " + estimate + " lies outside its interval " + low + " to " + high);
    }
  }

  /** The mean of at least one paired difference of shares, each -1 to 1. */
  public static Estimate ofDifferences(double[] differences) {
    return ofDifferences(differences, 0);
  }

  /**
   * The same of differences that are counted in steps, so that a few equal ones leave a width.
   *
   * @param resolution the step
   */
  static Estimate ofDifferences(double[] differences, double resolution) {
    return of(differences, -1, 1, StudentT.interval(differences, ERROR_RATE, resolution));
  }

  /**
   * One of several means whose intervals are to hold all at once with 95 % confidence, whatever they
   * depend on: each takes the quantile 1 − 0.025 / {@code intervals} (Bonferroni; Dunn, "Multiple
   * comparisons among means", J. Am. Stat. Assoc. 56, 1961).
   *
   * @param intervals how many, from 1
   */
  public static Estimate oneOf(int intervals, double[] differences) {
    return of(differences, -1, 1, StudentT.interval(differences, ERROR_RATE / intervals));
  }

  /** The mean of at least one share, each 0 to 1. */
  public static Estimate ofShares(double[] shares) {
    return of(shares, 0, 1, StudentT.interval(shares, ERROR_RATE));
  }

  /** Whether 0 lies outside the interval. */
  public boolean excludesZero() {
    return low > 0 || high < 0;
  }

  /** Whether the interval's ends differ by more than rounding. */
  public boolean hasWidth() {
    return high - low > ROUNDING;
  }

  private static Estimate of(double[] values, double least, double most, Interval uncut) {
    double mean = Math.min(most, Math.max(least, Mean.of(values).getAsDouble()));
    Interval interval = uncut.cutTo(least, most);
    return new Estimate(mean, Math.min(mean, interval.low()), Math.max(mean, interval.high()));
  }
}
