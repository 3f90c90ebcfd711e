package dev.hemlock.poison;

import java.util.function.IntToDoubleFunction;

/**
 * Which samples of the source class a scored flip takes first, judged by a scoring model. A pure
 * value.
 */
public sealed interface ScoreRule
    permits NearestToTarget, MostConfident, LeastConfident, HighestLoss {
  /** Whether it looks at features and at samples of the target class; if not, at logits. */
  default boolean needsFeatures() {
    return false;
  }

  /**
   * The score of a sample by its position; samples with lower ones are flipped first.
   *
   * @param source index of the true class whose labels are flipped
   * @param target index of the class they are flipped to
   */
  IntToDoubleFunction scores(ModelOutputs outputs, Labels labels, int source, int target);
}
