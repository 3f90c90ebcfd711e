package dev.hemlock.poison;

import java.util.function.IntToDoubleFunction;

/**
 * Flips the samples first whose flipped label has the highest cross-entropy under the scoring model:
 * those that look least like the target class.
 *
 * <p>The part of the objective of Xiao, Xiao and Eckert, <i>Adversarial Label Flips Attack on Support
 * Vector Machines</i> (ECAI 2012), that asks for flipped labels that the clean classifier finds
 * costly, with cross-entropy in place of the hinge loss.
 */
record HighestLoss() implements ScoreRule {
  @Override
  public IntToDoubleFunction scores(ModelOutputs logits, Labels labels, int source, int target) {
    return position -> -CrossEntropy.of(logits.of(position), target);
  }
}
