package dev.hemlock.poison;

import java.util.function.IntToDoubleFunction;

/**
 * Flips the samples first that the scoring model gives the lowest probability of the source class.
 *
 * <p>The flips near the boundary that Xiao et al., <i>Support Vector Machines under Adversarial Label
 * Contamination</i> (Neurocomputing 2015), compare with, with the softmax in place of the distance
 * from a hyperplane.
 */
record LeastConfident() implements ScoreRule {
  @Override
  public IntToDoubleFunction scores(ModelOutputs logits, Labels labels, int source, int target) {
    return position -> -CrossEntropy.of(logits.of(position), source);
  }
}
