package dev.hemlock.poison;

import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which labels an attack flips.
 *
 * <p>Every eligible sample gets random bits that depend on the seed and its own id only; the samples
 * with the smallest bits are flipped. So the choice is uniform without replacement, the flips at a
 * smaller budget are a subset of those at a larger one with the same seed, and samples that are not
 * eligible have no influence on it.
 */
public final class FlipPlanner {
  private FlipPlanner() {}

  /**
   * Makes the plan. Equal arguments give equal plans, on every machine.
   *
   * @throws dev.hemlock.common.error.HemlockException INVALID_ARGUMENT if the attack would flip no
   *     sample
   */
  public static FlipPlan plan(Labels labels, Attack attack, Seed seed) {
    int[] eligible = attack.eligible(labels);
    int count = attack.ratio().countOf(eligible.length);
    int[] ids = Arrays.stream(eligible).map(labels::sampleId).toArray();
    int[] order = Order.of(new RandomStream(seed.value(), Purpose.FLIP), 0, ids);
    List<LabelFlip> flips =
        Arrays.stream(order, 0, count)
            .mapToObj(i -> flip(labels, attack, eligible[i]))
            .sorted(Comparator.comparingInt(LabelFlip::sampleId))
            .toList();
    return new FlipPlan(eligible.length, flips);
  }

  private static LabelFlip flip(Labels labels, Attack attack, int position) {
    int from = labels.label(position);
    return new LabelFlip(position, labels.sampleId(position), from, attack.flipped(from));
  }
}
