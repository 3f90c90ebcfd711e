package dev.hemlock.evaluation.statistics;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.TTest;

/**
 * Paired t tests, as one-sample tests of the differences: t = (mean − μ) · √n / s with n − 1 degrees
 * of freedom (Student, "The probable error of a mean", Biometrika 6, 1908), and the interval of the
 * means that they do not refuse. They assume differences that are independent and about normal.
 *
 * <p>A single difference, or differences without spread, show nothing: there the p value is 1, not
 * the certainty that dividing by s = 0 would claim. An interval has no width there, and claims more
 * than a few values can show, unless the steps are given in which the values are counted.
 */
public final class StudentT {
  private static final double ROUNDING = 1e-12;

  private StudentT() {}

  /** The p value of a mean of 0, against any other. */
  public static double differsFromZero(double[] differences) {
    return test(differences, 0, AlternativeHypothesis.TWO_SIDED);
  }

  /** The p value of a mean at or below {@code bound}, against one above. */
  static double isAbove(double[] differences, double bound) {
    return test(differences, bound, AlternativeHypothesis.GREATER_THAN);
  }

  /** The p value of a mean at or above {@code bound}, against one below. */
  static double isBelow(double[] differences, double bound) {
    return test(differences, bound, AlternativeHypothesis.LESS_THAN);
  }

  /**
   * The interval mean ± t(1 − α/2, n − 1) · s / √n.
   *
   * @param values at least one; a single one tells nothing, and its interval has no ends
   * @param errorRate α, above 0 and below 1
   */
  public static Interval interval(double[] values, double errorRate) {
    return interval(values, errorRate, 0);
  }

  /**
   * The same of values that are counted in steps, where a few may be equal without being certain: s
   * is at least {@link #deviation}'s floor.
   *
   * @param resolution the step; 0 if values may be anything
   */
  public static Interval interval(double[] values, double errorRate, double resolution) {
    if (values.length == 1) {
      return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    double mean = Mean.of(values).getAsDouble();
    double half = halfWidth(deviation(values, resolution), values.length, errorRate);
    return new Interval(mean - half, mean + half);
  }

  /**
   * The standard deviation, but at least that of rounding to steps of {@code resolution}, a step over
   * √12 (Sheppard, "On the calculation of the most probable values of frequency-constants, for data
   * arranged according to equidistant division of a scale", Proc. London Math. Soc. 29, 1898).
   */
  static double deviation(double[] values, double resolution) {
    return Math.max(StandardDeviation.of(values).getAsDouble(), resolution / Math.sqrt(12));
  }

  /** Half the width of the interval of {@code count} values, from 2. */
  static double halfWidth(double deviation, int count, double errorRate) {
    double quantile = TDistribution.of(count - 1.0).inverseSurvivalProbability(errorRate / 2);
    return quantile * deviation / Math.sqrt(count);
  }

  private static double test(double[] differences, double mean, AlternativeHypothesis alternative) {
    if (differences.length < 2 || StandardDeviation.of(differences).getAsDouble() <= ROUNDING) {
      return 1;
    }
    return TTest.withDefaults().withMu(mean).with(alternative).test(differences).getPValue();
  }
}
