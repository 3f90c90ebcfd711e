package dev.hemlock.evaluation.statistics;

import dev.hemlock.evaluation.statistics.BreakEven.Absent;
import dev.hemlock.evaluation.statistics.BreakEven.Reason;
import java.util.Iterator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;

/**
 * How the mean excess grows with the budget.
 *
 * @param points one a budget, in ascending order
 */
public record DoseResponse(List<Point> points, BreakEven breakEven) {
  private static final double ERROR_RATE = 0.05;

  /**
   * One budget.
   *
   * @param budget from 0
   * @param mean of the excess over seeds
   * @param interval 95 % t interval of this budget alone
   * @param simultaneous 95 % of experiments have all of these intervals right at once
   * @param fit least squares, weighted by the number of seeds, among curves that never fall and pass
   *     through 0 at budget 0
   */
  public record Point(
      double budget, double mean, Interval interval, Interval simultaneous, double fit) {}

  /**
   * Fits a curve.
   *
   * @param budgets at least one, from 0, strictly ascending. At 0 the excess is exactly 0, so that
   *     it has no part in the correction for several budgets
   * @param excesses of each budget: one value in [-1, 1] a seed, at least one
   * @param threshold the excess that counts as harm, above 0 to 1, chosen before they were seen
   * @param resolution the step that excesses are counted in; 0 if they may be anything
   */
  public static DoseResponse of(
      double[] budgets, List<double[]> excesses, double threshold, double resolution) {
    requireAscending(budgets);
    double[] means = excesses.stream().mapToDouble(v -> Mean.of(v).getAsDouble()).toArray();
    double[] seeds = excesses.stream().mapToDouble(values -> values.length).toArray();
    // A point of endless weight at (0, 0) is the same as no value below 0.
    double[] fit = DoubleStream.of(Isotonic.fit(means, seeds)).map(v -> Math.max(0, v)).toArray();
    List<Interval> band = band(budgets, excesses, resolution);
    List<Point> points =
        IntStream.range(0, budgets.length)
            .mapToObj(
                i ->
                    new Point(
                        budgets[i],
                        means[i],
                        budgets[i] == 0
                            ? band.get(i)
                            : StudentT.interval(excesses.get(i), ERROR_RATE, resolution)
                                .cutTo(-1, 1),
                        band.get(i),
                        fit[i]))
            .toList();
    BreakEven found = BreakEven.of(threshold, budgets, fit, band);
    boolean single = DoubleStream.of(seeds).anyMatch(count -> count == 1);
    return new DoseResponse(points, single ? withoutInterval(found) : found);
  }

  private static List<Interval> band(double[] budgets, List<double[]> excesses, double resolution) {
    List<double[]> uncertain =
        IntStream.range(0, budgets.length)
            .filter(i -> budgets[i] > 0)
            .mapToObj(excesses::get)
            .toList();
    Iterator<Interval> intervals =
        SimultaneousBand.of(uncertain, ERROR_RATE, resolution).iterator();
    return DoubleStream.of(budgets)
        .mapToObj(budget -> budget > 0 ? intervals.next() : new Interval(0, 0))
        .toList();
  }

  private static BreakEven withoutInterval(BreakEven found) {
    Absent absent = new Absent(Reason.SINGLE_SEED);
    return new BreakEven(found.threshold(), found.estimate(), absent, absent);
  }

  private static void requireAscending(double[] budgets) {
    boolean ascending =
        budgets.length > 0
            && budgets[0] >= 0
            && IntStream.range(1, budgets.length).allMatch(i -> budgets[i - 1] < budgets[i]);
    if (!ascending) {
      throw new IllegalArgumentException("budgets must be from 0 and strictly ascending");
    }
  }
}
