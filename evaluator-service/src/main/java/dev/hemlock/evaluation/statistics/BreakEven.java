package dev.hemlock.evaluation.statistics;

import java.util.List;

/**
 * The break-even budget: the smallest whose true excess reaches a threshold. It assumes that the
 * true excess is 0 without any flips and never falls where more labels are flipped.
 *
 * <p>The estimate is where the monotone fit, joined by straight lines from (0, 0) on, reaches the
 * threshold. The interval inverts a simultaneous band and needs no line between budgets: with the
 * band's confidence, the true curve lies inside at every budget tested. Where the band's upper end
 * is below the threshold, the curve has not reached it, nor at any smaller budget; where the lower
 * end is at or above, it has, as at every larger one. So break-even lies above the largest budget of
 * the first kind, {@code low}, and at or below the smallest of the second, {@code high}. Both ends
 * are budgets tested; the grid decides how near they can come. More seeds draw them together and
 * shift nothing, unlike the first budget whose effect is significant, which falls with every seed
 * added.
 *
 * <p>An estimate outside the interval, which pooling can give, is moved to its nearer end.
 *
 * <p>Sources: the inversion of a monotone band is that of Korn, "Confidence bands for isotonic
 * dose-response curves", Appl. Statist. 31, 1982.
 *
 * @param threshold the excess that counts as harm, above 0 to 1
 * @param estimate absent only as {@link Reason#NOT_REACHED} or {@link Reason#NOT_MONOTONE}
 * @param low break-even lies above; absent as {@link Reason#BELOW_SMALLEST} where no budget tested is
 *     shown to lie below break-even
 * @param high break-even lies at or below; absent as {@link Reason#NOT_REACHED} where no budget
 *     tested is shown to reach the threshold
 */
public record BreakEven(double threshold, Crossing estimate, Crossing low, Crossing high) {

  /** A budget, or why there is none to give. */
  public sealed interface Crossing {}

  /**
   * @param budget from 0
   */
  public record At(double budget) implements Crossing {}

  /** No budget. */
  public record Absent(Reason reason) implements Crossing {}

  /** Why there is no budget. */
  public enum Reason {
    /** It may lie below the smallest budget tested. */
    BELOW_SMALLEST,
    /** It was not reached by the largest budget tested. */
    NOT_REACHED,
    /** A budget is shown to be harmful, and a larger one not to be: the curve falls. */
    NOT_MONOTONE,
    /** A single seed gives no interval. */
    SINGLE_SEED
  }

  public BreakEven {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "threshold " + threshold + " is not above 0 and at most 1");
    }
  }

  /**
   * Finds where a curve crosses the threshold.
   *
   * @param budgets ascending, from 0
   * @param fit monotone, from 0, one value a budget
   * @param band simultaneous intervals of the excess, one a budget
   */
  static BreakEven of(double threshold, double[] budgets, double[] fit, List<Interval> band) {
    double low = 0;
    double high = Double.POSITIVE_INFINITY;
    for (int i = 0; i < budgets.length; i++) {
      if (band.get(i).high() < threshold) {
        low = budgets[i];
      }
      if (band.get(i).low() >= threshold) {
        high = Math.min(high, budgets[i]);
      }
    }
    if (low >= high) {
      Crossing absent = new Absent(Reason.NOT_MONOTONE);
      return new BreakEven(threshold, absent, absent, absent);
    }
    double estimate = Math.min(high, Math.max(low, crossing(threshold, budgets, fit)));
    return new BreakEven(
        threshold,
        estimate < Double.POSITIVE_INFINITY ? new At(estimate) : new Absent(Reason.NOT_REACHED),
        low > 0 ? new At(low) : new Absent(Reason.BELOW_SMALLEST),
        high < Double.POSITIVE_INFINITY ? new At(high) : new Absent(Reason.NOT_REACHED));
  }

  private static double crossing(double threshold, double[] budgets, double[] fit) {
    double budget = 0;
    double reached = 0;
    for (int i = 0; i < budgets.length; i++) {
      if (fit[i] >= threshold) {
        return budget + (budgets[i] - budget) * (threshold - reached) / (fit[i] - reached);
      }
      budget = budgets[i];
      reached = fit[i];
    }
    return Double.POSITIVE_INFINITY;
  }
}
