package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.Interval;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What poisoning did to one pair of models, each figure a share or a difference of shares. The
 * attack success rate is that of a targeted attack: the rate at which samples of the source class
 * are predicted as the target class (Tolpegin et al., "Data Poisoning Attacks Against Federated
 * Learning Systems", ESORICS 2020). The excess over the clean model takes out the confusions that
 * were there without the attack.
 *
 * @param cleanAttackSuccessRate P(predicted target | true source) of the clean model, 0 to 1
 * @param poisonedAttackSuccessRate the same of the poisoned model, 0 to 1
 * @param cleanInterval Wilson interval of the clean rate, over test images
 * @param poisonedInterval Wilson interval of the poisoned rate, over test images
 * @param sourceRecallDrop clean minus poisoned recall of the source class, -1 to 1
 * @param targetPrecisionDrop clean minus poisoned precision of the target class, -1 to 1
 * @param accuracyDrop clean minus poisoned accuracy, -1 to 1
 * @param others the recall drop of every class with samples other than source and target, in class order
 */
public record PairEffect(
    double cleanAttackSuccessRate,
    double poisonedAttackSuccessRate,
    Interval cleanInterval,
    Interval poisonedInterval,
    double sourceRecallDrop,
    double targetPrecisionDrop,
    double accuracyDrop,
    List<RecallDrop> others) {

  /**
   * @param recallDrop clean minus poisoned recall, -1 to 1
   */
  public record RecallDrop(int classIndex, double recallDrop) {}

  /**
   * Compares two models on the same samples.
   *
   * @throws IllegalArgumentException if the matrices count different samples
   */
  public static PairEffect of(
      ConfusionMatrix clean, ConfusionMatrix poisoned, int source, int target) {
    requireSameSamples(clean, poisoned);
    return new PairEffect(
        clean.rate(source, target),
        poisoned.rate(source, target),
        Interval.wilson(clean.count(source, target), clean.support(source)),
        Interval.wilson(poisoned.count(source, target), poisoned.support(source)),
        clean.recall(source) - poisoned.recall(source),
        clean.precision(target) - poisoned.precision(target),
        clean.accuracy() - poisoned.accuracy(),
        IntStream.range(0, clean.classCount())
            .filter(c -> c != source && c != target && clean.support(c) > 0)
            .mapToObj(c -> new RecallDrop(c, clean.recall(c) - poisoned.recall(c)))
            .toList());
  }

  /** Poisoned minus clean attack success rate, -1 to 1. */
  public double excessAttackSuccessRate() {
    return poisonedAttackSuccessRate - cleanAttackSuccessRate;
  }

  /** The bystander class that lost the most recall, the first of equals; empty with two classes. */
  public Optional<RecallDrop> worstCollateral() {
    return others.stream().reduce((a, b) -> b.recallDrop() > a.recallDrop() ? b : a);
  }

  private static void requireSameSamples(ConfusionMatrix clean, ConfusionMatrix poisoned) {
    boolean same =
        clean.classCount() == poisoned.classCount()
            && IntStream.range(0, clean.classCount())
                .allMatch(c -> clean.support(c) == poisoned.support(c));
    if (!same) {
      throw new IllegalArgumentException("The two models were not evaluated on the same samples");
    }
  }
}
