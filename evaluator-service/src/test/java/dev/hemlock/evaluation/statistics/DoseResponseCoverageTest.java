package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.evaluation.statistics.BreakEven.At;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How often the simultaneous band holds all true means and the break-even interval the true
 * break-even budget, in seeded simulations of normal excesses of six budgets that share their seeds.
 * The figures go into {@code docs/statistics.md}.
 */
class DoseResponseCoverageTest {
  private static final int SIMULATIONS = 4_000;
  private static final double MONTE_CARLO = 3 * Math.sqrt(0.05 * 0.95 / SIMULATIONS);
  private static final double[] BUDGETS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.4};
  private static final double THRESHOLD = 0.1;
  private static final double DEVIATION = 0.05;

  @ParameterizedTest
  @CsvSource({"5, 0", "5, 0.9", "10, 0", "10, 0.9", "20, 0", "20, 0.9"})
  void bandHoldsAllMeansAtLeastAsOftenAsStated(int n, double correlation) {
    Random random = new Random(n);
    double[] truth = {0, 0.1, 0.2, 0.3, 0.4, 0.5};
    int held = 0;
    for (int simulation = 0; simulation < SIMULATIONS; simulation++) {
      List<Interval> band = SimultaneousBand.of(draw(truth, n, correlation, random), 0.05, 0);
      held +=
          IntStream.range(0, truth.length)
                  .allMatch(i -> band.get(i).low() <= truth[i] && truth[i] <= band.get(i).high())
              ? 1
              : 0;
    }

    double coverage = (double) held / SIMULATIONS;
    assertThat(coverage).isGreaterThan(0.95 - MONTE_CARLO);
  }

  /** Curves: straight; none, then steep; flat above the threshold; never harmful. */
  @ParameterizedTest
  @CsvSource({
    "5, LINE",
    "5, STEEP",
    "5, FLAT",
    "5, NEVER",
    "10, LINE",
    "10, STEEP",
    "10, FLAT",
    "20, LINE",
    "20, STEEP",
    "20, FLAT"
  })
  void breakEvenIntervalHoldsTheTruthAtLeastAsOftenAsStated(int n, Curve curve) {
    Random random = new Random(n + 100);
    double truth = curve.breakEven();
    int held = 0;
    for (int simulation = 0; simulation < SIMULATIONS; simulation++) {
      List<double[]> excesses = draw(curve.at(BUDGETS), n, 0.5, random);
      BreakEven found = DoseResponse.of(BUDGETS, excesses, THRESHOLD, 0).breakEven();
      double low = found.low() instanceof At at ? at.budget() : 0;
      double high = found.high() instanceof At at ? at.budget() : Double.POSITIVE_INFINITY;
      held += low < truth && truth <= high ? 1 : 0;
    }

    double coverage = (double) held / SIMULATIONS;
    assertThat(coverage).isGreaterThan(0.95 - MONTE_CARLO);
  }

  /** The first budget whose effect is significant falls as seeds are added; break-even does not. */
  @Test
  void breakEvenDoesNotDependOnTheNumberOfSeeds() {
    Curve curve = Curve.LINE;
    double few = meanEstimate(5, curve);
    double many = meanEstimate(40, curve);

    assertThat(Math.abs(few - many)).isLessThan(0.1 * curve.breakEven());
    assertThat(meanFirstSignificant(40, curve)).isLessThan(0.7 * meanFirstSignificant(5, curve));
  }

  private static double meanEstimate(int n, Curve curve) {
    Random random = new Random(7);
    return IntStream.range(0, 1_000)
        .mapToObj(i -> draw(curve.at(BUDGETS), n, 0.5, random))
        .map(excesses -> DoseResponse.of(BUDGETS, excesses, THRESHOLD, 0).breakEven().estimate())
        .mapToDouble(estimate -> estimate instanceof At at ? at.budget() : BUDGETS[5])
        .average()
        .orElseThrow();
  }

  private static double meanFirstSignificant(int n, Curve curve) {
    Random random = new Random(7);
    return IntStream.range(0, 1_000)
        .mapToObj(i -> draw(curve.at(BUDGETS), n, 0.5, random))
        .mapToDouble(
            excesses ->
                IntStream.range(0, BUDGETS.length)
                    .filter(i -> StudentT.interval(excesses.get(i), 0.05).low() > 0)
                    .mapToDouble(i -> BUDGETS[i])
                    .findFirst()
                    .orElse(BUDGETS[5]))
        .average()
        .orElseThrow();
  }

  private static List<double[]> draw(double[] truth, int n, double correlation, Random random) {
    double[] shared = new double[n];
    Arrays.setAll(shared, i -> Math.sqrt(correlation) * random.nextGaussian());
    List<double[]> excesses = new ArrayList<>();
    for (double mean : truth) {
      double[] values = new double[n];
      Arrays.setAll(
          values,
          i -> mean + DEVIATION * (shared[i] + Math.sqrt(1 - correlation) * random.nextGaussian()));
      excesses.add(values);
    }
    return excesses;
  }

  /** True excesses. */
  enum Curve {
    LINE {
      @Override
      double at(double budget) {
        return 1.5 * budget;
      }

      @Override
      double breakEven() {
        return THRESHOLD / 1.5;
      }
    },
    STEEP {
      @Override
      double at(double budget) {
        return budget < 0.03 ? 0 : Math.min(0.8, 20 * (budget - 0.03));
      }

      @Override
      double breakEven() {
        return 0.035;
      }
    },
    FLAT {
      @Override
      double at(double budget) {
        return budget < 0.1 ? 0.8 * budget : 0.08 + 0.1 * (budget - 0.1);
      }

      @Override
      double breakEven() {
        return 0.3;
      }
    },
    NEVER {
      @Override
      double at(double budget) {
        return 0.05 * budget;
      }

      @Override
      double breakEven() {
        return 2;
      }
    };

    abstract double at(double budget);

    abstract double breakEven();

    double[] at(double[] budgets) {
      return Arrays.stream(budgets).map(this::at).toArray();
    }
  }
}
