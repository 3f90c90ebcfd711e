package dev.hemlock.poison;

import java.util.List;

/**
 * Which labels of a split an attack may flip, and to what. A pure value: it sees labels and nothing
 * else. {@link FlipPlanner} takes as many of its flips as the budget allows.
 */
public sealed interface Attack
    permits TargetedFlip,
        ManyToOne,
        PairSwap,
        SymmetricNoise,
        ClassMap,
        CircularNoise,
        ExplicitFlips,
        ScoredFlip {
  /**
   * Every flip that the attack could make, in the order in which a growing budget makes them. The
   * order depends on the seed and on the ids of the samples in it.
   *
   * @return each sample at most once, and flips that need each other side by side
   */
  List<LabelFlip> candidates(Labels labels, Seed seed);

  /** How many neighbouring candidates are flipped together; budgets are multiples of it. */
  default int unit() {
    return 1;
  }
}
