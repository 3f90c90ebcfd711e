package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which labels an attack flips: as many as the budget allows of the flips it could make, from
 * the first. So the flips at a smaller budget are a subset of those at a larger one with the same
 * seed.
 */
public final class FlipPlanner {
  private FlipPlanner() {}

  /**
   * Makes the plan. Equal arguments give equal plans, on every machine.
   *
   * @throws HemlockException INVALID_ARGUMENT if the attack does not fit the labels or the budget
   *     does not fit the attack
   */
  public static FlipPlan plan(Labels labels, Attack attack, FlipBudget budget, Seed seed) {
    List<LabelFlip> candidates = attack.candidates(labels, seed);
    if (candidates.isEmpty()) {
      throw HemlockException.invalidArgument(
              "The attack finds no samples to flip in this split; choose other classes or another split")
          .violating("spec.attack", "has no samples to flip");
    }
    FlipScope scope =
        new FlipScope(
            labels.size(), classSize(labels, candidates), candidates.size(), attack.unit());
    List<LabelFlip> flips =
        candidates.stream()
            .limit(budget.flips(scope))
            .sorted(Comparator.comparingInt(LabelFlip::sampleId))
            .toList();
    return new FlipPlan(scope, flips);
  }

  private static int classSize(Labels labels, List<LabelFlip> candidates) {
    boolean[] flipped = new boolean[labels.classCount()];
    candidates.forEach(flip -> flipped[flip.from()] = true);
    return labels.countOf(label -> flipped[label]);
  }
}
