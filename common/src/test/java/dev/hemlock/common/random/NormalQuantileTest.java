package dev.hemlock.common.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormalQuantileTest {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  @Property
  void agreesWithAnotherLibrary(
      @ForAll @DoubleRange(min = 0.000001, max = 0.999999) @Scale(9) double p) {
    assertThat(NormalQuantile.of(p))
        .isCloseTo(NORMAL.inverseCumulativeProbability(p), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0x1p-54, 1e-15, 1e-12, 1e-6, 0.01, 0.0749999, 0.075, 0.3, 0.5, 0.9})
  void isExactInTheTails(double p) {
    double expected = NORMAL.inverseCumulativeProbability(p);

    double value = NormalQuantile.of(p);

    assertThat(value).isCloseTo(expected, within(1e-13 * Math.max(1, Math.abs(expected))));
  }
}
