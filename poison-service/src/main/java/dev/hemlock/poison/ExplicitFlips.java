package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Relabels listed samples, so that flips chosen by other programs can be measured; a budget below
 * all of them chooses uniformly without replacement.
 *
 * <p>For optimised flips such as those of Biggio et al., <i>Support Vector Machines Under
 * Adversarial Label Noise</i> (ACML 2011).
 *
 * @param flips each sample once; their order has no meaning
 */
public record ExplicitFlips(List<ExplicitFlip> flips) implements Attack {
  private static final String FIELD = "spec.attack.explicit_flips.flips";

  /**
   * Takes a copy.
   *
   * @throws HemlockException INVALID_ARGUMENT if there is no flip or a sample is listed twice
   */
  public ExplicitFlips {
    flips = List.copyOf(flips);
    if (flips.isEmpty()) {
      throw HemlockException.invalidArgument("The list of flips is empty; list at least one")
          .violating(FIELD, "is required");
    }
    Set<Integer> seen = new HashSet<>();
    for (ExplicitFlip flip : flips) {
      if (!seen.add(flip.sampleId())) {
        throw refused(flip, "is listed twice; list each sample once");
      }
    }
  }

  /**
   * The listed flips.
   *
   * @throws HemlockException INVALID_ARGUMENT if a flip does not fit the labels
   */
  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    return seed.shuffled(flips.stream().map(flip -> fitted(flip, labels)).toList());
  }

  private static LabelFlip fitted(ExplicitFlip flip, Labels labels) {
    int position =
        labels
            .positionOf(flip.sampleId())
            .orElseThrow(() -> refused(flip, "is not in this split; leave it out"));
    int label = labels.label(position);
    if (flip.from().orElse(label) != label) {
      throw refused(
          flip,
          "does not have the label that the list says it has; make the list for this snapshot and split");
    }
    if (flip.to() == label) {
      throw refused(flip, "already has the label that it would be flipped to; leave it out");
    }
    return new LabelFlip(position, flip.sampleId(), label, flip.to());
  }

  private static HemlockException refused(ExplicitFlip flip, String why) {
    String sample = "Sample " + flip.sampleId() + " " + why;
    return HemlockException.invalidArgument(sample)
        .with("sampleId", Integer.toString(flip.sampleId()))
        .violating(FIELD, sample);
  }
}
