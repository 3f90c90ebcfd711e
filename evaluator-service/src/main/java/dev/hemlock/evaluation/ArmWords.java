package dev.hemlock.evaluation;

import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * How sentences name what was done and what was measured.
 *
 * @param attack the arm's attack
 * @param source the class measured
 * @param target the class it is read as
 */
record ArmWords(ExperimentAttack attack, String source, String target) {
  private static final int MOST_CHOSEN = 6;
  private static final MathContext DIGITS = new MathContext(3);

  static ArmWords of(ExperimentSpec spec, ExperimentPlan.Arm arm) {
    return new ArmWords(
        spec.getAttacks(arm.attack()), spec.getSourceClass(), spec.getTargetClass());
  }

  /** For example {@code relabelling 40 % of the training images of class "1" as "7" (58 labels)}. */
  String act(Summary summary) {
    return act(summary.flipped(), summary.ratio());
  }

  /**
   * The same.
   *
   * @param ratio the budget as a share of the classes attacked, as asked for where it was asked for so
   */
  String act(Flipped flipped, double ratio) {
    String labels = labels(flipped.count());
    if (attack.getAttack().hasTargetedFlip()) {
      TargetedFlip flip = attack.getAttack().getTargetedFlip();
      return String.format(
          "relabelling %s of the training images of class \"%s\" as \"%s\" (%s)",
          share(ratio), flip.getSourceClass(), flip.getTargetClass(), labels);
    }
    return String.format(
        "flipping %s with the attack %s (%s of the classes it attacks)",
        labels, attack.getLabel(), share(ratio));
  }

  /** For example {@code the share of "1" images predicted as "7"}. */
  String rate() {
    return String.format("the share of \"%s\" images predicted as \"%s\"", source, target);
  }

  /** A budget, for example {@code 58 labels (40 % of the classes attacked)}. */
  static String budget(Flipped flipped) {
    return String.format(
        "%s (%s of the classes attacked)", labels(flipped.count()), share(flipped.classShare()));
  }

  /** As chosen where that has few digits, else rounded to {@link #DIGITS}. */
  private static String share(double share) {
    BigDecimal exact = BigDecimal.valueOf(share).stripTrailingZeros();
    return Percent.exact(
        exact.precision() <= MOST_CHOSEN ? share : exact.round(DIGITS).doubleValue());
  }

  private static String labels(int count) {
    return count == 1 ? "1 label" : count + " labels";
  }
}
