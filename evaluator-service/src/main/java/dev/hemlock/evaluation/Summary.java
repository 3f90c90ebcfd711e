package dev.hemlock.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Mean effects over the pairs of one ratio, conditional on the test set that all pairs share.
 *
 * @param ratio share of the source class that was flipped, 0 to 1
 * @param flipCount labels flipped a pair
 * @param worstCollateral the bystander class with the largest mean recall drop, chosen after the
 *     fact, so that its interval is optimistic; empty with two classes
 */
public record Summary(
    double ratio,
    int pairCount,
    int flipCount,
    Estimate cleanAttackSuccessRate,
    Estimate poisonedAttackSuccessRate,
    Estimate excessAttackSuccessRate,
    Estimate sourceRecallDrop,
    Estimate targetPrecisionDrop,
    Estimate accuracyDrop,
    Optional<Collateral> worstCollateral) {

  /**
   * @param recallDrop clean minus poisoned recall
   */
  public record Collateral(int classIndex, Estimate recallDrop) {}

  /** Sums up at least one pair. */
  public static Summary of(double ratio, int flipCount, List<PairEffect> pairs) {
    return new Summary(
        ratio,
        pairs.size(),
        flipCount,
        Estimate.ofShares(values(pairs, PairEffect::cleanAttackSuccessRate)),
        Estimate.ofShares(values(pairs, PairEffect::poisonedAttackSuccessRate)),
        Estimate.ofDifferences(values(pairs, PairEffect::excessAttackSuccessRate)),
        Estimate.ofDifferences(values(pairs, PairEffect::sourceRecallDrop)),
        Estimate.ofDifferences(values(pairs, PairEffect::targetPrecisionDrop)),
        Estimate.ofDifferences(values(pairs, PairEffect::accuracyDrop)),
        worst(pairs));
  }

  private static Optional<Collateral> worst(List<PairEffect> pairs) {
    List<Collateral> candidates =
        IntStream.range(0, pairs.get(0).others().size())
            .mapToObj(
                i ->
                    new Collateral(
                        pairs.get(0).others().get(i).classIndex(),
                        Estimate.ofDifferences(
                            values(pairs, pair -> pair.others().get(i).recallDrop()))))
            .toList();
    return candidates.stream()
        .reduce((a, b) -> b.recallDrop().estimate() > a.recallDrop().estimate() ? b : a);
  }

  private static double[] values(List<PairEffect> pairs, ToDoubleFunction<PairEffect> figure) {
    return pairs.stream().mapToDouble(figure).toArray();
  }
}
