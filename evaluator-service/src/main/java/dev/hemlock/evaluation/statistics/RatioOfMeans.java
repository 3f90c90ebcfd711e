package dev.hemlock.evaluation.statistics;

import java.util.Optional;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The 95 % confidence interval of a ratio of two paired means, E[y] / E[x], by Fieller's theorem. A
 * ratio θ is in the confidence set unless the paired t test refuses that y − θx has mean 0, so the set
 * is where A θ² − 2 B θ + C ≤ 0, with q = t(0.975, n − 1)² / n and
 *
 * <pre>A = x̄² − q s²x,   B = x̄ ȳ − q sxy,   C = ȳ² − q s²y</pre>
 *
 * <p>Where A is above 0, which is where the t interval of x excludes 0, the set is the interval (B ±
 * √(B² − A C)) / A, and it holds 0 exactly where the t interval of y does. Everywhere else the set has
 * no ends, or is everything outside a gap: x may be 0, and no ratio can be told. It is then left out,
 * since neither is an interval. The set is exact for normal pairs, whatever their correlation.
 *
 * <p>Shares of m images move in steps of 1/m, so neither variance is taken below that of rounding to
 * such steps ({@link StudentT#deviation}); without it a few equal values would pass for certain.
 *
 * <p>Sources: Fieller, "Some problems in interval estimation", J. R. Stat. Soc. B 16, 1954; von
 * Luxburg and Franz, "A geometric approach to confidence sets for ratios", Statistica Sinica 19,
 * 2009, for the kinds of sets.
 *
 * @param estimate ȳ / x̄
 * @param interval holds the estimate
 */
public record RatioOfMeans(double estimate, Interval interval) {
  private static final double TAIL = 0.025;

  /**
   * The ratio; empty where the mean of x is not shown to be above 0, or there is a single pair.
   *
   * @param numerators y, one a pair, at least one
   * @param denominators x, in the same order
   * @param resolution the step that values are counted in; 0 if they may be anything
   */
  public static Optional<RatioOfMeans> of(
      double[] numerators, double[] denominators, double resolution) {
    int n = numerators.length;
    if (n != denominators.length || n == 0) {
      throw new IllegalArgumentException(n + " and " + denominators.length + " are no pairs");
    }
    if (n == 1) {
      return Optional.empty();
    }
    double y = Mean.of(numerators).getAsDouble();
    double x = Mean.of(denominators).getAsDouble();
    double quantile = TDistribution.of(n - 1.0).inverseSurvivalProbability(TAIL);
    double q = quantile * quantile / n;
    double ofX = StudentT.deviation(denominators, resolution);
    double ofY = StudentT.deviation(numerators, resolution);
    double a = x * x - q * ofX * ofX;
    double b = x * y - q * covariance(numerators, y, denominators, x);
    double c = y * y - q * ofY * ofY;
    if (a <= 0 || x <= 0) {
      return Optional.empty();
    }
    double ratio = y / x;
    double root = Math.sqrt(Math.max(0, b * b - a * c));
    return Optional.of(
        new RatioOfMeans(
            ratio, new Interval(Math.min(ratio, (b - root) / a), Math.max(ratio, (b + root) / a))));
  }

  private static double covariance(double[] u, double uMean, double[] v, double vMean) {
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum += (u[i] - uMean) * (v[i] - vMean);
    }
    return sum / (u.length - 1);
  }
}
