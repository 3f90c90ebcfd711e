package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.statistics.Holm;
import dev.hemlock.evaluation.Estimate;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How often intervals hold the true mean, and how often tests raise a false alarm, in seeded
 * simulations. The figures go into {@code docs/statistics.md}.
 */
class CoverageTest {
  private static final int SIMULATIONS = 10_000;
  private static final double MEAN = 0.1;
  private static final double DEVIATION = 0.05;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private final SplittableRandom random = new SplittableRandom(20240817);

  @ParameterizedTest
  @ValueSource(ints = {5, 10, 20})
  void coversTheMeanOfNormalDifferencesAsStated(int n) {
    double coverage = coverage(n, NORMAL::inverseCumulativeProbability);

    assertThat(coverage).isBetween(0.94, 0.96);
  }

  /** An exponential distribution, shifted and scaled to mean 0 and deviation 1: skewness 2. */
  @ParameterizedTest
  @CsvSource({"5, 0.87, 0.90", "10, 0.89, 0.92", "20, 0.90, 0.94"})
  void coversTheMeanOfSkewedDifferencesLess(int n, double least, double most) {
    double coverage = coverage(n, u -> -Math.log1p(-u) - 1);

    assertThat(coverage).isBetween(least, most);
  }

  /**
   * Drawn with replacement from 40 recorded differences: of 40 % flipped labels, skewness 1.7, and of
   * 50 %, skewness 0.3.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 5, 0.92, 0.94",
    "0, 10, 0.92, 0.945",
    "0, 20, 0.93, 0.95",
    "1, 5, 0.94, 0.96",
    "1, 10, 0.94, 0.96",
    "1, 20, 0.94, 0.96"
  })
  void coversTheMeanOfRecordedDifferences(int share, int n, double least, double most)
      throws IOException {
    double[] recorded = Recorded.read().differences().get(share);
    double mean = Arrays.stream(recorded).average().orElseThrow();
    int held = 0;
    for (int simulation = 0; simulation < SIMULATIONS; simulation++) {
      double[] drawn = random.ints(n, 0, recorded.length).mapToDouble(i -> recorded[i]).toArray();
      Estimate estimate = Estimate.ofDifferences(drawn);
      held += estimate.low() <= mean && mean <= estimate.high() ? 1 : 0;
    }

    assertThat((double) held / SIMULATIONS).isBetween(least, most);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 10})
  void raisesFalseAlarmsOfSignFlipsAtMostAsStated(int n) {
    double alarms =
        rate(
            n,
            2_000,
            0,
            NORMAL::inverseCumulativeProbability,
            differences -> SignFlip.of(differences).pValue() < PValue.LEVEL);

    assertThat(alarms).isLessThan(0.05 + 3 * Math.sqrt(0.05 * 0.95 / 2_000));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 10, 20})
  void claimsPreservedAccuracyOnTheMarginAtMostAsStated(int n) {
    double alarms =
        rate(
            n,
            SIMULATIONS,
            MEAN,
            NORMAL::inverseCumulativeProbability,
            differences -> Equivalence.of(differences, MEAN).shown());

    assertThat(alarms).isLessThan(0.05 + 3 * Math.sqrt(0.05 * 0.95 / SIMULATIONS));
  }

  @Test
  void raisesFalseAlarmsAmongEightClassesAtMostAsStated() {
    int alarms = 0;
    for (int simulation = 0; simulation < 2_000; simulation++) {
      double[] pValues = new double[8];
      for (int c = 0; c < pValues.length; c++) {
        pValues[c] = StudentT.differsFromZero(draw(5, 0, NORMAL::inverseCumulativeProbability));
      }
      double[] adjusted = Holm.adjust(pValues);
      alarms += Arrays.stream(adjusted).anyMatch(p -> p < PValue.LEVEL) ? 1 : 0;
    }

    assertThat(alarms / 2_000.0).isLessThan(0.05 + 3 * Math.sqrt(0.05 * 0.95 / 2_000));
  }

  private double coverage(int n, DoubleUnaryOperator quantile) {
    double coverage =
        rate(
            n,
            SIMULATIONS,
            MEAN,
            quantile,
            differences -> {
              Estimate estimate = Estimate.ofDifferences(differences);
              return estimate.low() <= MEAN && MEAN <= estimate.high();
            });
    return coverage;
  }

  private double rate(
      int n,
      int simulations,
      double mean,
      DoubleUnaryOperator quantile,
      Predicate<double[]> holds) {
    int count = 0;
    for (int simulation = 0; simulation < simulations; simulation++) {
      count += holds.test(draw(n, mean, quantile)) ? 1 : 0;
    }
    return (double) count / simulations;
  }

  private double[] draw(int n, double mean, DoubleUnaryOperator quantile) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      double u = (random.nextInt(1 << 30) + 0.5) / (1 << 30);
      values[i] = mean + DEVIATION * quantile.applyAsDouble(u);
    }
    return values;
  }
}
