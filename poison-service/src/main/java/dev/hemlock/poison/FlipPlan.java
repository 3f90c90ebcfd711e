package dev.hemlock.poison;

import java.util.List;

/**
 * Exactly which labels of a split change.
 *
 * @param scope what the attack could have flipped, and where
 * @param flips at most the eligible ones, ordered by sample id, each sample once
 */
public record FlipPlan(FlipScope scope, List<LabelFlip> flips) {
  /** Refuses flips beyond the eligible samples, or out of order. */
  public FlipPlan {
    flips = List.copyOf(flips);
    if (flips.size() > scope.eligible()) {
      throw new IllegalArgumentException(
          "%d flips of %d eligible samples".formatted(flips.size(), scope.eligible()));
    }
    for (int i = 1; i < flips.size(); i++) {
      if (flips.get(i).sampleId() <= flips.get(i - 1).sampleId()) {
        throw new IllegalArgumentException("flips are not ordered by sample id at " + i);
      }
    }
  }

  /** The flips as a share of the samples of the classes that the attack flips labels of. */
  public double classShare() {
    return (double) flips.size() / scope.classSize();
  }

  /** The flips as a share of all samples of the split. */
  public double splitShare() {
    return (double) flips.size() / scope.splitSize();
  }

  /**
   * The labels after the flips.
   *
   * @param labels the labels that the plan was made for
   * @throws IllegalArgumentException if a flip does not fit them
   */
  public Labels applyTo(Labels labels) {
    int[] changed = labels.toArray();
    for (LabelFlip flip : flips) {
      int position = flip.position();
      if (position >= labels.size()
          || labels.sampleId(position) != flip.sampleId()
          || labels.label(position) != flip.from()) {
        throw new IllegalArgumentException("the plan was made for other labels: " + flip);
      }
      changed[position] = flip.to();
    }
    return labels.relabelled(changed);
  }
}
