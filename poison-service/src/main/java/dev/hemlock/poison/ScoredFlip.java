package dev.hemlock.poison;

import static java.util.Comparator.comparingDouble;

import dev.hemlock.common.error.HemlockException;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Relabels the samples of one class that a scoring model ranks first as another class. Nothing is
 * drawn: the seed has no influence, and samples of equal score go by ascending id.
 *
 * @param source index of the true class whose labels are flipped
 * @param target index of the class they are flipped to, another one
 * @param rule which samples come first; its Javadoc has the source
 * @param outputs what the scoring model gives for the split: features if the rule needs them, else
 *     logits
 */
record ScoredFlip(int source, int target, ScoreRule rule, ModelOutputs outputs) implements Attack {
  private static final String FIELD = "spec.attack.scored_flip";

  /**
   * Refuses a flip that changes nothing.
   *
   * @throws HemlockException INVALID_ARGUMENT if source and target are the same
   */
  ScoredFlip {
    if (source == target) {
      throw HemlockException.invalidArgument(
              "Source and target class are the same, so that no label would change; choose two different classes")
          .violating(FIELD, "source_class and target_class must differ");
    }
  }

  /**
   * The samples of the source class, ranked.
   *
   * @throws HemlockException INVALID_ARGUMENT if the rule looks at samples of the target class and
   *     there are none
   */
  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    if (rule.needsFeatures() && labels.positionsOf(target).length == 0) {
      throw HemlockException.invalidArgument(
              "The split has no sample of the target class to be near to; choose another target class or rule")
          .violating(FIELD + ".target_class", "must have samples in the split");
    }
    IntToDoubleFunction scores = rule.scores(outputs, labels, source, target);
    record Scored(double score, LabelFlip flip) {}
    return labels.flips((id, label) -> label == source ? target : label).stream()
        .map(flip -> new Scored(scores.applyAsDouble(flip.position()), flip))
        .sorted(
            comparingDouble(Scored::score)
                .thenComparing(Scored::flip, Comparator.comparingInt(LabelFlip::sampleId)))
        .map(Scored::flip)
        .toList();
  }
}
