package dev.hemlock.poison;

/**
 * A budget as a share of the samples of the classes that the attack flips labels of.
 *
 * @param ratio the share
 */
public record ClassShare(FlipRatio ratio) implements FlipBudget {
  /** The request field that carries it. */
  static final String FIELD = "spec.budget.class_share";

  /**
   * A share.
   *
   * @param ratio above 0 and at most 1
   * @throws dev.hemlock.common.error.HemlockException INVALID_ARGUMENT if it isn't
   */
  public ClassShare(double ratio) {
    this(new FlipRatio(ratio, FIELD));
  }

  @Override
  public int flips(FlipScope scope) {
    return ratio.flips(scope.classSize(), scope);
  }
}
