package dev.hemlock.dataset.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How often the tests raise an alarm between two sets drawn from the same classes: at most as often
 * as the threshold says, or within three standard errors of it. {@code docs/validation.md} cites the
 * rates.
 */
class FalseAlarmTest {
  private static final int SIMULATIONS = 2_000;
  private static final int CLASSES = 10;

  @ParameterizedTest
  @CsvSource({
    "100, 100, 0.05", "1000, 1000, 0.05", "5000, 500, 0.05",
    "100, 100, 0.001", "1000, 1000, 0.001", "5000, 500, 0.001"
  })
  void ofTestsAgainstAReference(int referenceSize, int size, double threshold) {
    Random random = new Random(11);
    int[] alarms = new int[3];
    for (int i = 0; i < SIMULATIONS; i++) {
      int[] reference = draw(random, referenceSize);
      int[] counts = draw(random, size);
      LabelDrift drift = LabelDrift.ofCounts(counts, reference);
      alarms[0] += drift.smallestExpected() >= 5 && drift.chiSquaredP() < threshold ? 1 : 0;
      alarms[1] += drift.smallestExpected() >= 10 && drift.gP() < threshold ? 1 : 0;
      alarms[2] += smallest(ClassShares.ofCounts(counts, reference)) < threshold ? 1 : 0;
    }
    require("χ², G, classes; %d against %d".formatted(size, referenceSize), alarms, threshold);
  }

  @ParameterizedTest
  @CsvSource({"100, 0.05", "1000, 0.05", "100, 0.001", "1000, 0.001"})
  void ofTestsAgainstDeclaredShares(int size, double threshold) {
    Random random = new Random(12);
    double[] shares = new double[CLASSES];
    Arrays.fill(shares, 1.0 / CLASSES);
    int[] alarms = new int[3];
    for (int i = 0; i < SIMULATIONS; i++) {
      int[] counts = draw(random, size);
      LabelDrift drift = LabelDrift.ofShares(counts, shares);
      alarms[0] += drift.chiSquaredP() < threshold ? 1 : 0;
      alarms[1] += drift.gP() < threshold ? 1 : 0;
      alarms[2] += smallest(ClassShares.ofShares(counts, shares)) < threshold ? 1 : 0;
    }
    require("χ², G, classes; %d against shares".formatted(size), alarms, threshold);
  }

  @ParameterizedTest
  @CsvSource({"50, 500, 0.05", "500, 500, 0.05", "500, 500, 0.001"})
  void ofExtremeImages(int size, int referenceSize, double threshold) {
    Random random = new Random(13);
    int alarms = 0;
    for (int i = 0; i < SIMULATIONS; i++) {
      double p =
          2
              * Math.min(
                  Exceedance.of(values(random, size), values(random, referenceSize)).pValue(),
                  Exceedance.of(values(random, size), values(random, referenceSize)).pValue());
      alarms += p < threshold ? 1 : 0;
    }
    require(
        "extremes; %d against %d".formatted(size, referenceSize), new int[] {alarms}, threshold);
  }

  private static void require(String what, int[] alarms, double threshold) {
    double error = Math.sqrt(threshold * (1 - threshold) / SIMULATIONS);
    for (int count : alarms) {
      assertThat(count / (double) SIMULATIONS).as(what).isLessThan(threshold + 3 * error);
    }
  }

  private static double smallest(double[] pValues) {
    return Arrays.stream(pValues).min().orElseThrow();
  }

  private static int[] draw(Random random, int size) {
    int[] counts = new int[CLASSES];
    for (int i = 0; i < size; i++) {
      counts[random.nextInt(CLASSES)]++;
    }
    return counts;
  }

  private static double[] values(Random random, int size) {
    return random.doubles(size).toArray();
  }
}
