package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.util.List;
import java.util.Set;

/**
 * Relabels samples of several classes as one, chosen uniformly without replacement among all samples
 * of the source classes.
 *
 * <p>The targeted flip of Tolpegin et al., <i>Data Poisoning Attacks Against Federated Learning
 * Systems</i> (ESORICS 2020), with more than one source class.
 *
 * @param sources indices of the true classes whose labels are flipped, at least one
 * @param target index of the class they are flipped to, none of the sources
 */
public record ManyToOne(Set<Integer> sources, int target) implements Attack {
  /**
   * Takes a copy.
   *
   * @throws HemlockException INVALID_ARGUMENT if there is no source or the target is one
   */
  public ManyToOne {
    sources = Set.copyOf(sources);
    if (sources.isEmpty()) {
      throw HemlockException.invalidArgument(
              "The attack has no source class; name at least one class whose labels are flipped")
          .violating("spec.attack.many_to_one.source_classes", "is required");
    }
    if (sources.contains(target)) {
      throw HemlockException.invalidArgument(
              "The target class is also a source class, whose labels would not change; take it out of the source classes")
          .violating("spec.attack.many_to_one", "target_class must not be among source_classes");
    }
  }

  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    return seed.shuffled(labels.flips((id, label) -> sources.contains(label) ? target : label));
  }
}
