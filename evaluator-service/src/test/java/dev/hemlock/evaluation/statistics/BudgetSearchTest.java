package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.evaluation.statistics.BudgetSearch.Bracket;
import dev.hemlock.evaluation.statistics.BudgetSearch.Measure;
import dev.hemlock.evaluation.statistics.BudgetSearch.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetSearchTest {
  private static final int[] LOOKS = {5, 10, 20};
  private static final double THRESHOLD = 0.1;
  private static final int GRID = 7;

  @Test
  void startsInTheMiddleWithTheFirstLook() {
    Step step = BudgetSearch.of(GRID, LOOKS, 0.05, 0).next(THRESHOLD, nothing(GRID));

    assertThat(step).isEqualTo(new Measure(3, 5));
  }

  @Test
  void halvesTheGridTowardsTheThreshold() {
    Search search = new Search(curve(0, 0.01, 0.02, 0.03, 0.3, 0.5, 0.8), 0.001, 1);

    Bracket bracket = search.run();

    assertThat(search.steps)
        .containsExactly(new Measure(3, 5), new Measure(5, 5), new Measure(4, 5));
    assertThat(bracket.harmless()).hasValue(3);
    assertThat(bracket.harmful()).hasValue(4);
    assertThat(bracket.judgements().keySet()).containsExactly(3, 5, 4);
    assertThat(bracket.poisonedCount()).isEqualTo(15);
    assertThat(bracket.cleanCount()).isEqualTo(5);
  }

  @Test
  void leavesAnEndOpenThatNoBudgetShows() {
    Bracket none = new Search(curve(0, 0, 0, 0, 0, 0, 0.01), 0.001, 1).run();
    Bracket all = new Search(curve(0.3, 0.4, 0.4, 0.4, 0.4, 0.5, 0.6), 0.001, 1).run();

    assertThat(none.harmless()).hasValue(6);
    assertThat(none.harmful()).isEmpty();
    assertThat(all.harmless()).isEmpty();
    assertThat(all.harmful()).hasValue(0);
  }

  @Test
  void goesRoundABudgetThatStaysUndecided() {
    Bracket bracket = new Search(curve(0, 0, 0, THRESHOLD, 0.4, 0.5, 0.6), 0.02, 3).run();

    assertThat(bracket.judgements().get(3).used()).isEqualTo(20);
    assertThat(bracket.harmless()).hasValue(2);
    assertThat(bracket.harmful()).hasValue(4);
  }

  @Test
  void doesNotSeeWhatNoLookAsksFor() {
    List<double[]> observations = nothing(GRID);
    double[] values = new Search(curve(0, 0, 0, 0, 0, 0, 0), 0.01, 1).draw(0, 7);
    observations.set(3, values);
    List<double[]> fewer = nothing(GRID);
    fewer.set(3, Arrays.copyOf(values, 5));
    BudgetSearch search = BudgetSearch.of(GRID, LOOKS, 0.05, 0);

    assertThat(search.next(THRESHOLD, observations)).isEqualTo(search.next(THRESHOLD, fewer));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "7, 3", "8, 4", "15, 4", "16, 5"})
  void visitsAtMostTheLogarithmOfTheGrid(int budgets, int visits) {
    assertThat(BudgetSearch.mostVisits(budgets)).isEqualTo(visits);
    assertThat(BudgetSearch.of(budgets, LOOKS, 0.05, 0).test().errorRate())
        .isEqualTo(0.05 / visits);
  }

  @Test
  void refusesAnEmptyGrid() {
    assertThatThrownBy(() -> BudgetSearch.of(0, LOOKS, 0.05, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Curves as steep as found in practice and others, with break-even anywhere on the grid. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.9})
  void isWrongAtMostAsOftenAsStatedAndSavesTrainings(double correlation) {
    int wrong = 0;
    int simulations = 0;
    double share = 0;
    double width = 0;
    for (int inflection = 0; inflection <= GRID; inflection++) {
      for (double steepness : new double[] {0.5, 1, 3}) {
        double[] curve = logistic(inflection, steepness);
        for (int run = 0; run < 50; run++) {
          Search search = new Search(curve, 0.05, 1000 * simulations + 7, correlation);
          Bracket bracket = search.run();
          int breakEven = firstAbove(curve);
          int harmless = bracket.harmless().orElse(-1);
          int harmful = bracket.harmful().orElse(GRID);
          wrong += harmless >= breakEven || harmful < breakEven ? 1 : 0;
          share += (double) (bracket.poisonedCount() + bracket.cleanCount()) / (20 * (GRID + 1));
          width += harmful - harmless;
          simulations++;
        }
      }
    }

    assertThat((double) wrong / simulations)
        .isLessThan(0.05 + 3 * Math.sqrt(0.05 * 0.95 / simulations));
    assertThat(share / simulations).isLessThan(0.5);
  }

  private static int firstAbove(double[] curve) {
    return (int) Arrays.stream(curve).takeWhile(excess -> excess < THRESHOLD).count();
  }

  private static double[] logistic(int inflection, double steepness) {
    return IntStream.range(0, GRID)
        .mapToDouble(i -> 0.8 / (1 + Math.exp(-steepness * (i - inflection - 0.3))))
        .toArray();
  }

  private static double[] curve(double... excess) {
    return excess;
  }

  private static List<double[]> nothing(int budgets) {
    return new ArrayList<>(IntStream.range(0, budgets).mapToObj(i -> new double[0]).toList());
  }

  /** Follows a search, drawing normal excesses whose seeds correlate over budgets. */
  private static final class Search {
    private final double[] curve;
    private final double deviation;
    private final int seed;
    private final double correlation;
    private final List<Step> steps = new ArrayList<>();

    Search(double[] curve, double deviation, int seed) {
      this(curve, deviation, seed, 0);
    }

    Search(double[] curve, double deviation, int seed, double correlation) {
      this.curve = curve;
      this.deviation = deviation;
      this.seed = seed;
      this.correlation = correlation;
    }

    Bracket run() {
      BudgetSearch search = BudgetSearch.of(curve.length, LOOKS, 0.05, 0);
      List<double[]> observations = nothing(curve.length);
      Step step = search.next(THRESHOLD, observations);
      while (step instanceof Measure measure) {
        steps.add(step);
        observations.set(measure.budget(), draw(measure.budget(), measure.seeds()));
        step = search.next(THRESHOLD, observations);
      }
      return (Bracket) step;
    }

    double[] draw(int budget, int seeds) {
      Random shared = new Random(seed);
      Random own = new Random(31L * seed + budget + 1);
      return IntStream.range(0, seeds)
          .mapToDouble(
              i ->
                  curve[budget]
                      + deviation
                          * (Math.sqrt(correlation) * shared.nextGaussian()
                              + Math.sqrt(1 - correlation) * own.nextGaussian()))
          .toArray();
    }
  }
}
