package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BcaBootstrapTest {
  @Test
  void needsTwentyValues() {
    assertThat(BcaBootstrap.ofMean(ramp(19))).isEmpty();
    assertThat(BcaBootstrap.ofMean(ramp(20))).isPresent();
  }

  @Test
  void givesNoWidthToEqualValues() {
    double[] equal = new double[25];
    Arrays.fill(equal, 0.25);

    assertThat(BcaBootstrap.ofMean(equal)).contains(new Interval(0.25, 0.25));
  }

  @Test
  void givesTheSameIntervalForTheSameValues() {
    assertThat(BcaBootstrap.ofMean(ramp(30))).isEqualTo(BcaBootstrap.ofMean(ramp(30)));
  }

  @Test
  void takesPlainPercentilesWithoutBiasAndSkew() {
    assertThat(BcaBootstrap.corrected(0.025, 0, 0)).isCloseTo(0.025, within(1e-12));
    assertThat(BcaBootstrap.acceleration(new double[] {-1, 0, 1}, 0)).isZero();
  }

  @Test
  void acceleratesAsTheJackknifeSays() {
    // Deviations -1, -1, 2: cubes sum to 6, squares to 6.
    assertThat(BcaBootstrap.acceleration(new double[] {0, 0, 3}, 1))
        .isCloseTo(6 / (6 * Math.pow(6, 1.5)), within(1e-15));
  }

  private static double[] ramp(int count) {
    return IntStream.range(0, count).mapToDouble(i -> i / 100.0).toArray();
  }
}
