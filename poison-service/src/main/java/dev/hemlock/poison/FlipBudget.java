package dev.hemlock.poison;

/** How many labels an attack flips. A larger budget of any form never flips fewer. */
public sealed interface FlipBudget permits ClassShare, SplitShare, FlipCount {
  /**
   * The number of flips.
   *
   * @param scope with at least one eligible sample
   * @return from 1 to {@code scope.eligible()}, a multiple of {@code scope.unit()}
   * @throws dev.hemlock.common.error.HemlockException INVALID_ARGUMENT if the budget comes to none,
   *     to more than the eligible samples, or to a part of a unit
   */
  int flips(FlipScope scope);
}
