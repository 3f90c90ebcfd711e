package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.BreakEven;
import dev.hemlock.evaluation.statistics.BreakEven.Absent;
import dev.hemlock.evaluation.statistics.BreakEven.At;
import dev.hemlock.evaluation.statistics.BreakEven.Reason;

/** One true sentence about the smallest budget that does harm. */
final class BreakEvenSentence {
  private BreakEvenSentence() {}

  static String of(DoseResponseCurve curve) {
    BreakEven found = curve.response().breakEven();
    String harm =
        String.format(
            "an excess attack success rate of %s percentage points",
            Percent.exactPoints(found.threshold()));
    if (isAbsent(found.low(), Reason.NOT_MONOTONE)) {
      return "No break-even budget is given: one budget was shown to reach "
          + harm
          + " and a larger one to stay below it, so harm does not grow with the budget here.";
    }
    if (isAbsent(found.low(), Reason.SINGLE_SEED)) {
      return String.format(
          "A single training seed gives no interval of the break-even budget, from which on the"
              + " attack reaches %s%s.",
          harm, estimate(curve, ""));
    }
    return String.format(
        "The break-even budget, from which on the attack reaches %s, lies %s%s.",
        harm, range(curve), estimate(curve, " with 95 % confidence"));
  }

  private static String range(DoseResponseCurve curve) {
    BreakEven found = curve.response().breakEven();
    if (found.low() instanceof At low && found.high() instanceof At high) {
      return String.format("above %s and at or below %s", words(curve, low), words(curve, high));
    }
    if (found.low() instanceof At low) {
      return String.format(
          "above %s, and no budget tested was shown to reach it", words(curve, low));
    }
    if (found.high() instanceof At high) {
      return String.format(
          "at or below %s, and no budget tested was shown to lie below it", words(curve, high));
    }
    return "somewhere that these budgets and seeds do not show: none was shown to reach it, and none"
        + " to lie below it";
  }

  private static String estimate(DoseResponseCurve curve, String confidence) {
    return curve.response().breakEven().estimate() instanceof At at
        ? confidence + "; the monotone fit puts it at " + words(curve, at)
        : confidence + "; the monotone fit does not reach it within the budgets tested";
  }

  private static boolean isAbsent(BreakEven.Crossing crossing, Reason reason) {
    return crossing instanceof Absent absent && absent.reason() == reason;
  }

  private static String words(DoseResponseCurve curve, At at) {
    return ArmWords.budget(curve.flipped(at.budget()));
  }
}
