package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;

/**
 * Relabels samples of one class as another, chosen uniformly without replacement.
 *
 * <p>The attack of Tolpegin et al., <i>Data Poisoning Attacks Against Federated Learning Systems</i>
 * (ESORICS 2020), applied to one training set.
 *
 * @param source index of the true class whose labels are flipped
 * @param target index of the class they are flipped to, another one
 * @param ratio the share of the source class that is flipped
 */
public record TargetedFlip(int source, int target, FlipRatio ratio) implements Attack {
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
  public int[] eligible(Labels labels) {
    return labels.positionsOf(source);
  }

  @Override
  public int flipped(int label) {
    return target;
  }
}
