package dev.hemlock.evaluation.statistics;

import dev.hemlock.evaluation.statistics.SequentialTest.Decision;
import dev.hemlock.evaluation.statistics.SequentialTest.Judgement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Looks for the smallest of G ascending budgets whose true excess reaches a threshold, and spends
 * seeds where they decide most: it halves the grid, and each budget visited gets a {@link
 * SequentialTest} that stops as soon as its answer is clear. It assumes that the excess never falls
 * where more labels are flipped. It keeps nothing: the same observations give the same step, so that
 * a search replays after any interruption.
 *
 * <p>Two bisections share their visits: one looks for the largest budget shown to be harmless, and
 * takes what stays undecided for harmful; the other for the smallest shown to be harmful, and takes
 * it for harmless. So an undecided budget widens the bracket instead of being guessed.
 *
 * <p>Each visit has the error rate α/L, where L = ⌈log₂(G + 1)⌉ is the length of a bisection, and the
 * bracket is wrong with a chance of at most α. For in the first bisection only harmful budgets can be
 * judged wrongly, and until one is, right answers lead past them on one path, the same whatever the
 * observations: a harmless budget that stays undecided leads away from them. The same holds for the
 * second with harmless budgets. Both paths together have at most L budgets that can be judged
 * wrongly, each at one end of its interval only, so that even α/2 is not exceeded.
 *
 * <p>Sources: repeated tests in a noisy binary search, Feige, Raghavan, Peleg and Upfal, "Computing
 * with noisy information", SIAM J. Comput. 23, 1994; the test of one budget, {@link SequentialTest}.
 *
 * @param budgetCount G, from 1
 * @param test of each budget visited
 */
public record BudgetSearch(int budgetCount, SequentialTest test) {

  /** What to do next. */
  public sealed interface Step {}

  /**
   * Measure more.
   *
   * @param budget index into the grid
   * @param seeds how many of the first seeds this budget needs in all
   */
  public record Measure(int budget, int seeds) implements Step {}

  /**
   * The answer.
   *
   * @param harmless index of the largest budget shown to stay at or below the threshold; empty if
   *     none was
   * @param harmful index of the smallest budget shown to exceed the threshold; empty if none was
   * @param judgements of every budget visited, by index, in the order of the visits
   */
  public record Bracket(
      OptionalInt harmless, OptionalInt harmful, Map<Integer, Judgement> judgements)
      implements Step {
    /** Poisoned models that the visited budgets took. */
    public int poisonedCount() {
      return judgements.values().stream().mapToInt(Judgement::used).sum();
    }

    /** Clean models, which all budgets share. */
    public int cleanCount() {
      return judgements.values().stream().mapToInt(Judgement::used).max().orElse(0);
    }
  }

  /**
   * A search.
   *
   * @param budgetCount from 1
   * @param looks seeds at each look, ascending from 2
   * @param errorRate the most that the bracket may be wrong in, above 0 and below 1
   * @param resolution the step that excesses are counted in
   */
  public static BudgetSearch of(int budgetCount, int[] looks, double errorRate, double resolution) {
    if (budgetCount < 1) {
      throw new IllegalArgumentException("a search needs at least one budget");
    }
    return new BudgetSearch(
        budgetCount, new SequentialTest(looks, errorRate / mostVisits(budgetCount), resolution));
  }

  /**
   * Replays the search over what has been observed.
   *
   * @param observations of each budget of the grid: its excesses in the order of the seeds, as many
   *     as there are, none included; those that no look asks for are not seen
   */
  public Step next(double threshold, List<double[]> observations) {
    Map<Integer, Judgement> visited = new LinkedHashMap<>();
    IntFunction<Decision> judge =
        i -> visited.computeIfAbsent(i, b -> test.judge(observations.get(b), threshold)).decision();
    int harmful = first(i -> judge.apply(i) == Decision.ABOVE);
    int harmless = first(i -> judge.apply(i) != Decision.BELOW) - 1;
    for (Map.Entry<Integer, Judgement> visit : visited.entrySet()) {
      OptionalInt seeds = visit.getValue().nextLook();
      if (seeds.isPresent()) {
        return new Measure(visit.getKey(), seeds.getAsInt());
      }
    }
    return new Bracket(
        harmless < 0 ? OptionalInt.empty() : OptionalInt.of(harmless),
        harmful == budgetCount ? OptionalInt.empty() : OptionalInt.of(harmful),
        visited);
  }

  /** The smallest budget with a property that all larger ones share, or G. */
  private int first(IntPredicate property) {
    int without = -1;
    int with = budgetCount;
    while (with - without > 1) {
      int middle = (without + with) / 2;
      if (property.test(middle)) {
        with = middle;
      } else {
        without = middle;
      }
    }
    return with;
  }

  /** L = ⌈log₂(G + 1)⌉. */
  static int mostVisits(int budgetCount) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(budgetCount);
  }
}
