package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.evaluation.statistics.BreakEven.Absent;
import dev.hemlock.evaluation.statistics.BreakEven.At;
import dev.hemlock.evaluation.statistics.BreakEven.Crossing;
import dev.hemlock.evaluation.statistics.BreakEven.Reason;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoseResponseTest {
  private static final Crossing NOT_REACHED = new Absent(Reason.NOT_REACHED);
  private static final Crossing BELOW_SMALLEST = new Absent(Reason.BELOW_SMALLEST);

  @Test
  void crossesTheThresholdOnTheLineBetweenTwoBudgets() {
    BreakEven found = breakEven(0.1, around(0.02), around(0.04), around(0.2), around(0.5));

    assertThat(budget(found.estimate())).isCloseTo(20 + 10 * 0.06 / 0.16, within(1e-9));
    assertThat(found.low()).isEqualTo(new At(20));
    assertThat(found.high()).isEqualTo(new At(30));
  }

  @Test
  void startsAtNoExcessWithoutFlips() {
    BreakEven found = breakEven(0.1, around(0.4), around(0.5));

    assertThat(budget(found.estimate())).isCloseTo(2.5, within(1e-9));
    assertThat(found.low()).isEqualTo(BELOW_SMALLEST);
    assertThat(found.high()).isEqualTo(new At(10));
  }

  @Test
  void saysThatTheLargestBudgetDoesNotReachTheThreshold() {
    BreakEven found = breakEven(0.1, around(0.01), around(0.02));

    assertThat(found).isEqualTo(new BreakEven(0.1, NOT_REACHED, new At(20), NOT_REACHED));
  }

  @Test
  void leavesEndsOpenThatWideIntervalsDoNotShow() {
    double[] wide = {-0.3, 0.4, 0.2, -0.2, 0.5};

    BreakEven found = breakEven(0.1, wide, wide);

    assertThat(budget(found.estimate())).isCloseTo(10 * 0.1 / 0.12, within(1e-9));
    assertThat(found.low()).isEqualTo(BELOW_SMALLEST);
    assertThat(found.high()).isEqualTo(NOT_REACHED);
  }

  @Test
  void concludesFromALargerHarmlessBudgetOnSmallerOnes() {
    double[] wide = {-0.3, 0.4, 0.2, -0.2, 0.1};

    BreakEven found = breakEven(0.1, wide, around(0.01), around(0.4));

    assertThat(found.low()).isEqualTo(new At(20));
  }

  @Test
  void movesAnEstimateIntoTheInterval() {
    double[] wide = {-0.3, 0.9, 0.8, -0.2, 0.8};

    BreakEven found = breakEven(0.1, wide, around(0.01), around(0.4));

    assertThat(found.estimate()).isEqualTo(found.low()).isEqualTo(new At(20));
  }

  @Test
  void doesNotInvertACurveThatIsShownToFall() {
    Crossing absent = new Absent(Reason.NOT_MONOTONE);

    assertThat(breakEven(0.1, around(0.4), around(0.01)))
        .isEqualTo(new BreakEven(0.1, absent, absent, absent));
  }

  @Test
  void givesNoIntervalFromASingleSeed() {
    Crossing absent = new Absent(Reason.SINGLE_SEED);

    BreakEven found = breakEven(0.1, new double[] {0}, new double[] {0.2});

    assertThat(found).isEqualTo(new BreakEven(0.1, new At(15), absent, absent));
  }

  @Test
  void doesNotCountNoFlipsAmongTheIntervals() {
    double[] budgets = {0, 10, 20};
    List<double[]> excesses = List.of(new double[5], around(0.1), around(0.3));

    List<DoseResponse.Point> points = DoseResponse.of(budgets, excesses, 0.1, 0).points();

    assertThat(points.get(0).simultaneous()).isEqualTo(new Interval(0, 0));
    assertThat(points.get(1).simultaneous())
        .isEqualTo(SimultaneousBand.of(excesses.subList(1, 3), 0.05, 0).get(0));
    assertThat(points.get(1).interval()).isEqualTo(StudentT.interval(around(0.1), 0.05));
  }

  @Test
  void fitsNothingBelowZero() {
    double[] budgets = {10, 20, 30};
    List<double[]> excesses = List.of(around(-0.1), around(0.3), around(0.2));

    assertThat(DoseResponse.of(budgets, excesses, 0.1, 0).points())
        .extracting(DoseResponse.Point::fit)
        .usingComparatorForType(
            (a, b) -> Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b), Double.class)
        .containsExactly(0.0, 0.25, 0.25);
  }

  @Test
  void doesNotTakeAFewEqualSharesForCertain() {
    double[] budgets = {10};
    List<double[]> twoSeedsWithoutASingleHit = List.of(new double[] {0, 0});

    assertThat(DoseResponse.of(budgets, twoSeedsWithoutASingleHit, 0.1, 1.0 / 20).breakEven().low())
        .isEqualTo(new Absent(Reason.BELOW_SMALLEST));
    assertThat(
            DoseResponse.of(budgets, twoSeedsWithoutASingleHit, 0.1, 1.0 / 2_000).breakEven().low())
        .isEqualTo(new At(10));
  }

  @Test
  void refusesWhatIsNotACurve() {
    List<double[]> two = List.of(around(0.1), around(0.1));

    assertThatThrownBy(() -> DoseResponse.of(new double[] {20, 10}, two, 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DoseResponse.of(new double[0], List.of(), 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DoseResponse.of(new double[] {10, 20}, two, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double budget(Crossing crossing) {
    return ((At) crossing).budget();
  }

  private static BreakEven breakEven(double threshold, double[]... excesses) {
    double[] budgets = new double[excesses.length];
    Arrays.setAll(budgets, i -> 10.0 * (i + 1));
    return DoseResponse.of(budgets, List.of(excesses), threshold, 0).breakEven();
  }

  private static double[] around(double mean) {
    return new double[] {mean - 0.002, mean - 0.001, mean, mean + 0.001, mean + 0.002};
  }
}
