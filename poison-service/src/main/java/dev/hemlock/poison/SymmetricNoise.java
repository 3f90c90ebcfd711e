package dev.hemlock.poison;

import java.util.List;

/**
 * Relabels samples of all classes, chosen uniformly without replacement, each as one of the other
 * classes, drawn uniformly.
 *
 * <p>The uniform noise of Rolnick et al., <i>Deep Learning is Robust to Massive Label Noise</i>
 * (arXiv:1705.10694, 2017), which for two classes is the random classification noise with equal
 * rates of Natarajan et al., <i>Learning with Noisy Labels</i> (NeurIPS 2013). A sample never draws
 * its own class, so that every flip counts; where the literature lets it, a noise rate of e is a
 * budget of e (C - 1) / C here, with C classes.
 */
public record SymmetricNoise() implements Attack {
  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    int classes = labels.classCount();
    if (classes < 2) {
      return List.of();
    }
    return seed.shuffled(
        labels.flips((id, label) -> (label + 1 + seed.below(classes - 1, id)) % classes));
  }
}
