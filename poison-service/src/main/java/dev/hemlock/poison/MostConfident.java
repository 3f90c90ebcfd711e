package dev.hemlock.poison;

import java.util.function.IntToDoubleFunction;

/**
 * Flips the samples first that the scoring model gives the highest probability of the source class:
 * typical ones, far from the boundary.
 *
 * <p>The flips far from the boundary that Xiao et al., <i>Support Vector Machines under Adversarial
 * Label Contamination</i> (Neurocomputing 2015), compare with, with the softmax in place of the
 * distance from a hyperplane.
 */
record MostConfident() implements ScoreRule {
  @Override
  public IntToDoubleFunction scores(ModelOutputs logits, Labels labels, int source, int target) {
    return position -> CrossEntropy.of(logits.of(position), source);
  }
}
