package dev.hemlock.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.evaluation.detection.DetectionPower.Point;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectionPowerTest {
  /** Nineteen clean statistics 1 to 19: at 5 % the threshold is the 19th smallest, at 10 % the 18th. */
  private static final double[] CLEAN = IntStream.rangeClosed(1, 19).asDoubleStream().toArray();

  @Test
  void findsTheSmallestBudgetFromWhichOnEveryOneIsNoticed() {
    TreeMap<Integer, double[]> poisoned =
        new TreeMap<>(
            Map.of(
                10, new double[] {20, 21, 5, 3},
                20, new double[] {20, 25, 30, 19},
                40, new double[] {20, 25, 30, 40},
                80, new double[] {99, 99, 99, 99}));

    DetectionPower power = DetectionPower.of(CLEAN, poisoned, 0.05, 0.8);

    assertThat(power.threshold()).hasValue(19);
    assertThat(power.curve()).extracting(Point::power).containsExactly(0.5, 0.75, 1.0, 1.0);
    assertThat(power.smallestCaught()).hasValue(40);
    assertThat(DetectionPower.of(CLEAN, poisoned, 0.1, 0.8).threshold()).hasValue(18);
    assertThat(DetectionPower.of(CLEAN, poisoned, 0.1, 0.8).smallestCaught()).hasValue(20);
  }

  @Test
  void knowsNoThresholdWithTooFewCleanDataSets() {
    TreeMap<Integer, double[]> poisoned = new TreeMap<>(Map.of(10, new double[] {1e9}));
    double[] eighteen = IntStream.rangeClosed(1, 18).asDoubleStream().toArray();

    assertThat(DetectionPower.of(eighteen, poisoned, 0.05, 0.8).threshold()).isEmpty();
    assertThat(DetectionPower.of(CLEAN, poisoned, 0.05, 0.8).smallestCaught()).hasValue(10);
  }

  @Test
  void takesTheSmallestCleanStatisticWhereNearlyEveryAlarmMayBeFalse() {
    TreeMap<Integer, double[]> poisoned = new TreeMap<>(Map.of(10, new double[] {2}));

    assertThat(DetectionPower.of(CLEAN, poisoned, 1 - 1e-12, 0.8).threshold()).hasValue(1);
    assertThat(DetectionPower.of(new double[0], poisoned, 1 - 1e-12, 0.8).threshold()).isEmpty();
  }

  @Test
  void catchesNothingWhereALargerBudgetEscapes() {
    TreeMap<Integer, double[]> poisoned =
        new TreeMap<>(Map.of(10, new double[] {50, 50}, 20, new double[] {1, 1}));

    assertThat(DetectionPower.of(CLEAN, poisoned, 0.05, 0.8).smallestCaught()).isEmpty();
  }

  @Test
  void keepsTheFalseAlarmRateWhateverTheDistribution() {
    int alarms = 0;
    Random random = new Random(3);
    for (int round = 0; round < 20_000; round++) {
      double[] clean = IntStream.range(0, 19).mapToDouble(i -> skewed(random)).toArray();
      TreeMap<Integer, double[]> further = new TreeMap<>(Map.of(0, new double[] {skewed(random)}));
      alarms += DetectionPower.of(clean, further, 0.05, 1).curve().get(0).alarms();
    }
    // 5 % with a standard error of 0.15 points.
    assertThat(alarms / 20_000.0).isBetween(0.044, 0.056);
  }

  private static double skewed(Random random) {
    return Math.exp(3 * random.nextGaussian());
  }
}
