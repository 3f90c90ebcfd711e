package dev.hemlock.poison;

/**
 * A budget as a share of all samples of the split.
 *
 * @param ratio the share
 */
public record SplitShare(FlipRatio ratio) implements FlipBudget {
  /** The request field that carries it. */
  static final String FIELD = "spec.budget.split_share";

  /**
   * A share.
   *
   * @param ratio above 0 and at most 1
   * @throws dev.hemlock.common.error.HemlockException INVALID_ARGUMENT if it isn't
   */
  public SplitShare(double ratio) {
    this(new FlipRatio(ratio, FIELD));
  }

  @Override
  public int flips(FlipScope scope) {
    return ratio.flips(scope.splitSize(), scope);
  }
}
