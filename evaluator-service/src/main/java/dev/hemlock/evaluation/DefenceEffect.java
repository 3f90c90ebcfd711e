package dev.hemlock.evaluation;

import dev.hemlock.common.statistics.Holm;
import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.evaluation.statistics.RatioOfMeans;
import dev.hemlock.evaluation.statistics.StudentT;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What one defence did to one attack at one budget, against undefended models with the same seeds and
 * the same poisoned data.
 *
 * @param undefended attack success rate of the undefended poisoned models
 * @param defended the same of the defended ones
 * @param removed undefended minus defended, by seed
 * @param pValue paired t test of {@code removed} against 0
 * @param adjustedPValue the same after Holm's correction for all defences compared
 * @param shareRemoved {@code removed} over the undefended excess; empty where that excess is not shown
 *     to be above 0
 * @param undefendedAccuracy of the undefended poisoned models
 * @param defendedAccuracy of the defended poisoned models
 */
record DefenceEffect(
    Estimate undefended,
    Estimate defended,
    Estimate removed,
    double pValue,
    double adjustedPValue,
    Optional<RatioOfMeans> shareRemoved,
    Estimate undefendedAccuracy,
    Estimate defendedAccuracy) {

  /**
   * Models of one kind, one value a training seed.
   *
   * @param attackSuccess P(predicted target | true source), 0 to 1
   * @param accuracy 0 to 1
   */
  record Models(double[] attackSuccess, double[] accuracy) {}

  /**
   * Compares defences with each other and with none.
   *
   * @param clean attack success rates of the undefended clean models, one a training seed
   * @param undefended the undefended poisoned models
   * @param defended the poisoned models of each defence, at least one
   * @param resolution the step that attack success rates are counted in
   * @return one a defence, in their order
   */
  static List<DefenceEffect> of(
      double[] clean, Models undefended, List<Models> defended, double resolution) {
    double[] excess = minus(undefended.attackSuccess(), clean);
    List<double[]> removed =
        defended.stream()
            .map(models -> minus(undefended.attackSuccess(), models.attackSuccess()))
            .toList();
    double[] pValues = removed.stream().mapToDouble(StudentT::differsFromZero).toArray();
    double[] adjusted = Holm.adjust(pValues);
    return IntStream.range(0, defended.size())
        .mapToObj(
            i ->
                new DefenceEffect(
                    Estimate.ofShares(undefended.attackSuccess()),
                    Estimate.ofShares(defended.get(i).attackSuccess()),
                    Estimate.ofDifferences(removed.get(i), resolution),
                    pValues[i],
                    adjusted[i],
                    RatioOfMeans.of(removed.get(i), excess, resolution),
                    Estimate.ofShares(undefended.accuracy()),
                    Estimate.ofShares(defended.get(i).accuracy())))
        .toList();
  }

  /** Whether the defence is shown to lower or, with a negative {@link #removed}, to raise it. */
  boolean isShown() {
    return adjustedPValue < PValue.LEVEL;
  }

  static double[] minus(double[] from, double[] less) {
    return IntStream.range(0, from.length).mapToDouble(i -> from[i] - less[i]).toArray();
  }
}
