package dev.hemlock.evaluation;

import dev.hemlock.common.statistics.Holm;
import dev.hemlock.evaluation.PairEffect.RecallDrop;
import dev.hemlock.evaluation.statistics.BcaBootstrap;
import dev.hemlock.evaluation.statistics.Equivalence;
import dev.hemlock.evaluation.statistics.Interval;
import dev.hemlock.evaluation.statistics.NestedVariance;
import dev.hemlock.evaluation.statistics.SeedsByImagesBootstrap;
import dev.hemlock.evaluation.statistics.SignFlip;
import dev.hemlock.evaluation.statistics.StudentT;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Mean effects over the pairs of one arm and budget, conditional on the test set that all pairs
 * share. The unit is the training seed, with the mean over its poison seeds.
 *
 * @param ratio the budget as a share of the attacked classes, 0 to 1
 * @param flipped labels flipped a pair
 * @param excessTest of the excess attack success rate against 0
 * @param excessBootstrap its BCa interval; empty below {@link BcaBootstrap#FEWEST} training seeds
 * @param excessOverImages its interval over seeds and test images; empty below {@link
 *     SeedsByImagesBootstrap#FEWEST} training seeds
 * @param excessVariance where its spread comes from; empty unless two or more training seeds have
 *     two or more poison seeds each
 * @param accuracyEquivalence whether accuracy was preserved within a margin
 * @param collateral every class other than source and target, in class order
 */
public record Summary(
    double ratio,
    Flipped flipped,
    int pairCount,
    int seedCount,
    Estimate cleanAttackSuccessRate,
    Estimate poisonedAttackSuccessRate,
    Estimate excessAttackSuccessRate,
    SignFlip excessTest,
    Optional<Interval> excessBootstrap,
    Optional<Interval> excessOverImages,
    Optional<NestedVariance> excessVariance,
    Estimate sourceRecallDrop,
    Estimate targetPrecisionDrop,
    Estimate accuracyDrop,
    Equivalence accuracyEquivalence,
    List<Collateral> collateral) {

  /**
   * A class hit in passing.
   *
   * @param recallDrop clean minus poisoned recall; the intervals of all such classes hold at once
   * @param pValue paired t test against 0
   * @param adjustedPValue the same after Holm's correction for all such classes
   */
  public record Collateral(
      int classIndex, Estimate recallDrop, double pValue, double adjustedPValue) {}

  /**
   * Sums up at least one pair.
   *
   * @param seeds the pairs of each training seed, as many for each
   * @param overImages what each training seed's models do to each test image of the source class, as
   *     {@link SeedsByImagesBootstrap#effects} gives it
   * @param accuracyMargin how far accuracy may move and still count as preserved, above 0 to 1
   */
  public static Summary of(
      double ratio,
      Flipped flipped,
      List<List<PairEffect>> seeds,
      List<double[]> overImages,
      double accuracyMargin) {
    double[] excess = values(seeds, PairEffect::excessAttackSuccessRate);
    double[] accuracyDrops = values(seeds, PairEffect::accuracyDrop);
    return new Summary(
        ratio,
        flipped,
        seeds.stream().mapToInt(List::size).sum(),
        seeds.size(),
        Estimate.ofShares(values(seeds, PairEffect::cleanAttackSuccessRate)),
        Estimate.ofShares(values(seeds, PairEffect::poisonedAttackSuccessRate)),
        Estimate.ofDifferences(excess, 1.0 / overImages.get(0).length),
        SignFlip.of(excess),
        BcaBootstrap.ofMean(excess),
        SeedsByImagesBootstrap.ofMean(overImages),
        variance(seeds),
        Estimate.ofDifferences(values(seeds, PairEffect::sourceRecallDrop)),
        Estimate.ofDifferences(values(seeds, PairEffect::targetPrecisionDrop)),
        Estimate.ofDifferences(accuracyDrops),
        Equivalence.of(accuracyDrops, accuracyMargin),
        collateral(seeds));
  }

  private static Optional<NestedVariance> variance(List<List<PairEffect>> seeds) {
    if (seeds.size() < 2 || seeds.get(0).size() < 2) {
      return Optional.empty();
    }
    return Optional.of(
        NestedVariance.of(
            seeds.stream()
                .map(
                    pairs ->
                        pairs.stream().mapToDouble(PairEffect::excessAttackSuccessRate).toArray())
                .toList()));
  }

  /** The class with the largest mean recall drop, the first of equals; empty with two classes. */
  public Optional<Collateral> worstCollateral() {
    return collateral.stream()
        .reduce((a, b) -> b.recallDrop().estimate() > a.recallDrop().estimate() ? b : a);
  }

  private static List<Collateral> collateral(List<List<PairEffect>> seeds) {
    List<RecallDrop> classes = seeds.get(0).get(0).others();
    List<double[]> drops =
        IntStream.range(0, classes.size())
            .mapToObj(i -> values(seeds, pair -> pair.others().get(i).recallDrop()))
            .toList();
    double[] pValues = drops.stream().mapToDouble(StudentT::differsFromZero).toArray();
    double[] adjusted = Holm.adjust(pValues);
    return IntStream.range(0, classes.size())
        .mapToObj(
            i ->
                new Collateral(
                    classes.get(i).classIndex(),
                    Estimate.oneOf(classes.size(), drops.get(i)),
                    pValues[i],
                    adjusted[i]))
        .toList();
  }

  /** The mean over the pairs of each training seed. */
  static double[] values(List<List<PairEffect>> seeds, ToDoubleFunction<PairEffect> figure) {
    return seeds.stream()
        .mapToDouble(pairs -> pairs.stream().mapToDouble(figure).average().orElseThrow())
        .toArray();
  }
}
