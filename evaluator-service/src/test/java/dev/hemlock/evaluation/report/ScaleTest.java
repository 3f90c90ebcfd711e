package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Property
  void showsEveryValueBetweenFewRoundTicks(
      @ForAll @DoubleRange(min = -1, max = 1) double a,
      @ForAll @DoubleRange(min = -1, max = 1) double b) {
    Scale scale = Scale.covering(DoubleStream.of(a, b));

    assertThat(scale.min()).isLessThanOrEqualTo(Math.min(a, b) + 1e-6);
    assertThat(scale.max()).isGreaterThanOrEqualTo(Math.max(a, b) - 1e-6);
    assertThat(scale.ticks()).hasSizeBetween(2, 8);
    assertThat(scale.place(a)).isBetween(0.0, 100.0);
  }

  @Test
  void passesOverWhatIsNoNumber() {
    Scale scale = Scale.covering(DoubleStream.of(Double.NaN, 0, 1, Double.POSITIVE_INFINITY));

    assertThat(scale.min()).isEqualTo(0);
    assertThat(scale.max()).isCloseTo(1, within(1e-9));
  }

  @Test
  void placesTicksOnRoundValues() {
    List<Double> ticks = Scale.covering(DoubleStream.of(0, 0.46)).ticks();

    assertThat(ticks.stream().map(Figures::plain))
        .containsExactly("0", "0.1", "0.2", "0.3", "0.4", "0.5");
  }
}
