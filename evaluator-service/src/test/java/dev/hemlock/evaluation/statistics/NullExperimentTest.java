package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.statistics.Holm;
import dev.hemlock.evaluation.statistics.BreakEven.At;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How often intervals and tests find an effect where there is none: models trained on the same clean
 * data with different seeds take the places of the clean and the poisoned models, unpaired, for a
 * source and a target class drawn from those that are read as one another in at least 1 of 100 images. The figures go into {@code docs/statistics.md}.
 */
class NullExperimentTest {
  private static final int EXPERIMENTS = 2_000;
  private static final double RATE = 0.05;
  private static final double MOST = RATE + 3 * Math.sqrt(RATE * (1 - RATE) / EXPERIMENTS);
  private static final double MARGIN = 0.02;
  private static final double ROUNDING = 1e-9;

  private final Recorded recorded = recorded();
  private final List<int[]> misreadClasses = recorded.misreadClasses(0.01);

  @ParameterizedTest
  @ValueSource(ints = {5, 10, 20})
  void findsEffectsOfNothingAtMostAsOftenAsStated(int n) {
    Random random = new Random(n);
    Map<String, Integer> alarms = new TreeMap<>();
    for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
      Null drawn = new Null(n, 1, random);
      double[] excess = drawn.excess(0);
      count(alarms, "t interval", excludesZero(StudentT.interval(excess, RATE)));
      count(alarms, "sign flips", SignFlip.of(excess).pValue() < PValue.LEVEL);
      double[] onMargin = shifted(drawn.differences(0, recorded::accuracy), MARGIN);
      count(alarms, "TOST on the margin", Equivalence.of(onMargin, MARGIN).shown());
      count(alarms, "Holm, any class", anyClass(drawn));
      count(alarms, "simultaneous collateral intervals", anyCollateralInterval(drawn));
      count(
          alarms,
          "seeds by images",
          SeedsByImagesBootstrap.ofMean(drawn.effects(0)).filter(i -> excludesZero(i)).isPresent());
    }

    assertThat(alarms)
        .allSatisfy((name, count) -> assertThat((double) count / EXPERIMENTS).isLessThan(MOST));
  }

  @Test
  void bootstrapFindsEffectsOfNothingAtMostAsOftenAsStated() {
    Random random = new Random(4);
    int experiments = 500;
    int alarms = 0;
    for (int experiment = 0; experiment < experiments; experiment++) {
      double[] excess = new Null(BcaBootstrap.FEWEST, 1, random).excess(0);
      alarms += excludesZero(BcaBootstrap.ofMean(excess).orElseThrow()) ? 1 : 0;
    }

    assertThat((double) alarms / experiments)
        .isLessThan(RATE + 3 * Math.sqrt(RATE * (1 - RATE) / experiments));
  }

  /** Five budgets that do nothing. */
  @Test
  void findsHarmInNoBudgetAtMostAsOftenAsStated() {
    double[] budgets = {0.05, 0.1, 0.2, 0.3, 0.4};
    Random random = new Random(1);
    Map<String, Integer> alarms = new TreeMap<>();
    for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
      Null drawn = new Null(5, budgets.length, random);
      List<double[]> excesses = IntStream.range(0, budgets.length).mapToObj(drawn::excess).toList();
      DoseResponse response = DoseResponse.of(budgets, excesses, 0.001, 0);
      count(
          alarms,
          "simultaneous band",
          response.points().stream().anyMatch(point -> excludesZero(point.simultaneous())));
      count(alarms, "break-even", response.breakEven().high() instanceof At);
    }

    assertThat(alarms)
        .allSatisfy((name, count) -> assertThat((double) count / EXPERIMENTS).isLessThan(MOST));
  }

  /** The true excess lies on the threshold, so that an interval on either side of it is wrong. */
  @Test
  void gateDecidesOnTheThresholdAtMostAsOftenAsStated() {
    SequentialTest gate = new SequentialTest(new int[] {5, 10, 20}, RATE, 0);
    Random random = new Random(2);
    Map<String, Integer> alarms = new TreeMap<>();
    for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
      double[] onThreshold = shifted(new Null(20, 1, random).excess(0), 0.1);
      Interval interval = gate.judge(onThreshold, 0.1).interval();
      count(alarms, "above", interval.low() > 0.1 + ROUNDING);
      count(alarms, "below", interval.high() < 0.1 - ROUNDING);
    }

    assertThat(alarms)
        .allSatisfy((name, count) -> assertThat((double) count / EXPERIMENTS).isLessThan(MOST / 2));
  }

  /** Of two given models, so that a rate above 5 % would be no error; here it stays below. */
  @Test
  void mcNemarHardlyFindsDifferencesOfTwoSeeds() {
    Random random = new Random(3);
    int found = 0;
    for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
      Null drawn = new Null(1, 1, random);
      found +=
          McNemar.of(
                          recorded.hits(drawn.clean(0), drawn.source, drawn.target),
                          recorded.hits(drawn.other(0, 0), drawn.source, drawn.target))
                      .pValue()
                  < PValue.LEVEL
              ? 1
              : 0;
    }

    assertThat((double) found / EXPERIMENTS).isLessThan(MOST);
  }

  private boolean anyClass(Null drawn) {
    double[] pValues =
        drawn.recallDrops().stream().mapToDouble(StudentT::differsFromZero).toArray();
    return Arrays.stream(Holm.adjust(pValues)).anyMatch(p -> p < PValue.LEVEL);
  }

  private boolean anyCollateralInterval(Null drawn) {
    return SimultaneousBand.of(drawn.recallDrops(), RATE, 0).stream()
        .anyMatch(NullExperimentTest::excludesZero);
  }

  private static boolean excludesZero(Interval interval) {
    return interval.low() > 0 || interval.high() < 0;
  }

  private static void count(Map<String, Integer> alarms, String name, boolean alarm) {
    alarms.merge(name, alarm ? 1 : 0, Integer::sum);
  }

  private static double[] shifted(double[] values, double by) {
    return Arrays.stream(values).map(value -> value + by).toArray();
  }

  private static Recorded recorded() {
    try {
      return Recorded.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** n clean models and n others for each of several budgets, all of different seeds. */
  private final class Null {
    private final int n;
    private final List<int[]> models = new ArrayList<>(recorded.clean());
    private final int source;
    private final int target;

    Null(int n, int budgets, Random random) {
      this.n = n;
      Collections.shuffle(models, random);
      int[] misread = misreadClasses.get(random.nextInt(misreadClasses.size()));
      source = misread[0];
      target = misread[1];
      assertThat(models).hasSizeGreaterThanOrEqualTo(n * (budgets + 1));
    }

    int[] clean(int i) {
      return models.get(i);
    }

    int[] other(int budget, int i) {
      return models.get((budget + 1) * n + i);
    }

    double[] excess(int budget) {
      return differences(budget, model -> recorded.rate(model, source, target));
    }

    double[] differences(int budget, ToDoubleFunction<int[]> figure) {
      return IntStream.range(0, n)
          .mapToDouble(i -> figure.applyAsDouble(other(budget, i)) - figure.applyAsDouble(clean(i)))
          .toArray();
    }

    List<double[]> recallDrops() {
      return IntStream.range(0, Recorded.CLASSES)
          .filter(c -> c != source && c != target)
          .mapToObj(c -> differences(0, model -> -recorded.rate(model, c, c)))
          .toList();
    }

    List<double[]> effects(int budget) {
      return IntStream.range(0, n)
          .mapToObj(
              i ->
                  SeedsByImagesBootstrap.effects(
                      recorded.hits(clean(i), source, target),
                      List.of(recorded.hits(other(budget, i), source, target)),
                      recorded.count(source)))
          .toList();
    }
  }
}
