package dev.hemlock.poison;

import java.util.List;

/**
 * Relabels samples of each class, chosen uniformly without replacement, as the class with the next
 * index, and those of the last class as the first.
 *
 * <p>The pair flipping of Han et al., <i>Co-teaching: Robust Training of Deep Neural Networks with
 * Extremely Noisy Labels</i> (NeurIPS 2018).
 */
public record CircularNoise() implements Attack {
  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    return seed.shuffled(labels.flips((id, label) -> (label + 1) % labels.classCount()));
  }
}
