package dev.hemlock.poison;

/**
 * Which labels of a split an attack may flip, how many of them, and to what. A pure value: it sees
 * labels and nothing else. {@link FlipPlanner} makes the choice.
 */
public sealed interface Attack permits TargetedFlip {
  /** The positions whose labels may be flipped, ascending. */
  int[] eligible(Labels labels);

  /** The share of the eligible samples that is flipped. */
  FlipRatio ratio();

  /** What the label of an eligible sample becomes; never the label itself. */
  int flipped(int label);
}
