package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.BreakEven;
import dev.hemlock.proto.evaluation.v1.BreakEvenBudget;
import dev.hemlock.proto.evaluation.v1.BreakEvenReason;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;

/** A break-even budget in words, also where it or an end of its interval has no number. */
final class BreakEvenWords {
  private BreakEvenWords() {}

  /** Where the fit reaches the harmful excess, for example {@code 12 labels (6 %)}. */
  static String estimate(BreakEven breakEven) {
    BreakEvenBudget estimate = breakEven.getEstimate();
    return estimate.hasFlipped()
        ? budget(estimate)
        : switch (estimate.getReason()) {
          case BREAK_EVEN_REASON_BELOW_SMALLEST -> "below the smallest budget tested";
          case BREAK_EVEN_REASON_NOT_REACHED -> "not reached by the largest budget tested";
          default -> "none";
        };
  }

  /** The interval, for example {@code above 8 labels (4 %), at most 20 labels (10 %)}. */
  static String interval(BreakEven breakEven) {
    BreakEvenBudget low = breakEven.getLow();
    BreakEvenBudget high = breakEven.getHigh();
    if (!low.hasFlipped() && low.getReason() != BreakEvenReason.BREAK_EVEN_REASON_BELOW_SMALLEST) {
      return low.getReason() == BreakEvenReason.BREAK_EVEN_REASON_SINGLE_SEED
          ? "one seed gives no interval"
          : "none: the effect does not grow with the budget";
    }
    if (low.hasFlipped()) {
      return "above "
          + budget(low)
          + (high.hasFlipped() ? ", at most " + budget(high) : ", unbounded");
    }
    return high.hasFlipped()
        ? "at most " + budget(high) + ", perhaps below the smallest tested"
        : "none of the budgets tested is shown to lie above or below";
  }

  private static String budget(BreakEvenBudget budget) {
    FlippedLabels flipped = budget.getFlipped();
    return "%s (%s)"
        .formatted(
            Figures.counted(flipped.getCount(), "label"),
            Figures.chosenPercent(flipped.getClassShare()));
  }
}
