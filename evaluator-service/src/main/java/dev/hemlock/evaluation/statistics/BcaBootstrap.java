package dev.hemlock.evaluation.statistics;

import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * The bias-corrected and accelerated 95 % bootstrap interval of a mean, from 9,999 resamples: the
 * quantiles Φ(z₀ + (z₀ ± 1.96) / (1 − a (z₀ ± 1.96))) of the resampled means. The bias z₀ is Φ⁻¹ of
 * the share of them below the mean, equal ones counted half; the acceleration, by the jackknife, is
 * a = Σ(dᵢ − d̄)³ / (6 (Σ(dᵢ − d̄)²)^1.5). It assumes no distribution, but with few values it covers
 * less than it says, so there is none below 20.
 *
 * <p>Source: Efron, "Better bootstrap confidence intervals", J. Am. Stat. Assoc. 82, 1987.
 */
public final class BcaBootstrap {
  /** The fewest values that give an interval. */
  public static final int FEWEST = 20;

  private static final int RESAMPLES = 9_999;
  private static final double LOW = 0.025;
  private static final double HIGH = 0.975;
  private static final double ROUNDING = 1e-12;
  private static final int SEED = 1;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private BcaBootstrap() {}

  /**
   * The interval of the mean of values in [-1, 1], the same for the same values; empty below {@link
   * #FEWEST} values.
   */
  public static Optional<Interval> ofMean(double[] values) {
    if (values.length < FEWEST) {
      return Optional.empty();
    }
    double mean = mean(values);
    if (DoubleStream.of(values).allMatch(value -> Math.abs(value - mean) <= ROUNDING)) {
      return Optional.of(new Interval(mean, mean));
    }
    double[] means = resampledMeans(values);
    double bias = NORMAL.inverseCumulativeProbability(shareBelow(means, mean));
    double acceleration = acceleration(values, mean);
    double[] ends =
        Quantile.withDefaults()
            .with(EstimationMethod.HF7)
            .evaluate(
                means, corrected(LOW, bias, acceleration), corrected(HIGH, bias, acceleration));
    return Optional.of(new Interval(ends[0], ends[1]));
  }

  static double corrected(double probability, double bias, double acceleration) {
    double shifted = bias + NORMAL.inverseCumulativeProbability(probability);
    return NORMAL.cumulativeProbability(bias + shifted / (1 - acceleration * shifted));
  }

  static double acceleration(double[] values, double mean) {
    double cubes = DoubleStream.of(values).map(v -> (v - mean) * (v - mean) * (v - mean)).sum();
    double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
    return cubes / (6 * squares * Math.sqrt(squares));
  }

  private static double[] resampledMeans(double[] values) {
    RandomStream random = new RandomStream(SEED, Purpose.RESAMPLE);
    double[] means = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[random.below(values.length, 0, resample, i)];
      }
      means[resample] = sum / values.length;
    }
    return means;
  }

  private static double shareBelow(double[] means, double mean) {
    double below = Arrays.stream(means).filter(m -> m < mean - ROUNDING).count();
    double equal = Arrays.stream(means).filter(m -> Math.abs(m - mean) <= ROUNDING).count();
    return (below + equal / 2) / means.length;
  }

  private static double mean(double[] values) {
    return DoubleStream.of(values).sum() / values.length;
  }
}
