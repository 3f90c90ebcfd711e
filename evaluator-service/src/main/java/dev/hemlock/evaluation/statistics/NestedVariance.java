package dev.hemlock.evaluation.statistics;

import java.util.List;
import org.apache.commons.statistics.inference.OneWayAnova;

/**
 * How much of the spread of an effect comes from the training seed and how much from the choice of
 * the flipped samples, where each of n training seeds has K poison seeds of its own: the analysis of
 * variance with one random factor. With the mean squares MSB between training seeds and MSW within
 * them, the variance components are MSW for the poison seed and (MSB − MSW) / K for the training
 * seed, and F = MSB / MSW with n − 1 and n (K − 1) degrees of freedom tests whether the second is
 * above 0. It assumes independent and about normal effects; what the training seed changes in the
 * clean model counts with the training seed.
 *
 * <p>Source: Searle, Casella and McCulloch, "Variance components", Wiley 1992, section 3.5.
 *
 * @param trainingSeed the unbiased component, which may fall below 0
 * @param poisonSeed from 0
 * @param f from 0; infinite where draws do not differ
 * @param pValue 0 to 1; 1 where draws do not differ, which shows nothing
 */
public record NestedVariance(double trainingSeed, double poisonSeed, double f, double pValue) {
  private static final double ROUNDING = 1e-24;

  /**
   * Splits the variance.
   *
   * @param effects of at least two training seeds: one value a poison seed, at least two, the same
   *     number for all
   */
  public static NestedVariance of(List<double[]> effects) {
    int draws = effects.isEmpty() ? 0 : effects.get(0).length;
    if (effects.size() < 2
        || draws < 2
        || effects.stream().anyMatch(values -> values.length != draws)) {
      throw new IllegalArgumentException(
          "variance is split over two or more training seeds with two or more poison seeds each");
    }
    OneWayAnova.Result anova = OneWayAnova.withDefaults().test(effects);
    boolean same = anova.getMSWG() <= ROUNDING;
    return new NestedVariance(
        (anova.getMSBG() - anova.getMSWG()) / draws,
        anova.getMSWG(),
        same ? Double.POSITIVE_INFINITY : anova.getStatistic(),
        same ? 1 : anova.getPValue());
  }

  /** The component of the training seed, 0 instead of a negative one. */
  public double trainingSeedFromZero() {
    return Math.max(0, trainingSeed);
  }
}
