package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;

/**
 * A budget as a number of labels.
 *
 * @param value from 1
 */
public record FlipCount(int value) implements FlipBudget {
  /** The request field that carries it. */
  static final String FIELD = "spec.budget.count";

  /**
   * Refuses what is no budget.
   *
   * @throws HemlockException INVALID_ARGUMENT unless {@code value >= 1}
   */
  public FlipCount {
    if (value < 1) {
      throw refused(
          value,
          "The number of labels to flip is %d; give at least 1".formatted(value),
          "must be at least 1");
    }
  }

  @Override
  public int flips(FlipScope scope) {
    if (value > scope.eligible()) {
      throw refused(
          value,
          "The budget asks for %d flips, but the attack can flip only %d labels of this split; give a count of at most %d"
              .formatted(value, scope.eligible(), scope.eligible()),
          "must be at most " + scope.eligible());
    }
    if (value % scope.unit() != 0) {
      throw refused(
          value,
          "The attack flips labels %d at a time, and %d is no multiple of that; give a count of %d"
              .formatted(scope.unit(), value, roundedUp(scope.unit())),
          "must be a multiple of " + scope.unit());
    }
    return value;
  }

  private int roundedUp(int unit) {
    return (value / unit + 1) * unit;
  }

  private static HemlockException refused(int value, String message, String rule) {
    return HemlockException.invalidArgument(message)
        .with("count", Integer.toString(value))
        .violating(FIELD, rule);
  }
}
