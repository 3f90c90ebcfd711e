package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.util.List;

/**
 * Relabels samples of one class as another, chosen uniformly without replacement.
 *
 * <p>The attack of Tolpegin et al., <i>Data Poisoning Attacks Against Federated Learning Systems</i>
 * (ESORICS 2020), applied to one training set.
 *
 * @param source index of the true class whose labels are flipped
 * @param target index of the class they are flipped to, another one
 */
public record TargetedFlip(int source, int target) implements Attack {
  /**
   * Refuses a flip that changes nothing.
   *
   * @throws HemlockException INVALID_ARGUMENT if source and target are the same
   */
  public TargetedFlip {
    if (source == target) {
      throw HemlockException.invalidArgument(
              "Source and target class are the same, so that no label would change; choose two different classes")
          .violating("spec.attack.targeted_flip", "source_class and target_class must differ");
    }
  }

  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    return seed.shuffled(labels.flips((id, label) -> label == source ? target : label));
  }
}
