package dev.hemlock.evaluation.statistics;

import java.util.List;

/**
 * Intervals of several means that hold all at once with the stated confidence: B t intervals, each
 * with the error rate α/B (Bonferroni). Each may rest on the same seeds as the others: the chance
 * that any misses is at most the sum of their chances, whatever the means depend on, so that the
 * band holds with as few seeds as a single interval does. A band made from the estimated
 * correlations would be narrower where they are strong, but holds only approximately.
 *
 * <p>Source: Dunn, "Multiple comparisons among means", J. Am. Stat. Assoc. 56, 1961.
 */
public final class SimultaneousBand {
  private SimultaneousBand() {}

  /**
   * One interval a sample, in their order, each of the means of differences in [-1, 1].
   *
   * @param samples each of at least one difference; a single one gives no more than -1 to 1
   * @param errorRate the chance that any interval misses its mean, above 0 and below 1
   * @param resolution the step that differences are counted in; 0 if they may be anything
   */
  public static List<Interval> of(List<double[]> samples, double errorRate, double resolution) {
    double each = errorRate / samples.size();
    return samples.stream()
        .map(sample -> StudentT.interval(sample, each, resolution).cutTo(-1, 1))
        .toList();
  }
}
