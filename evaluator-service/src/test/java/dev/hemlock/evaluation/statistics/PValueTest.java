package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class PValueTest {
  @Test
  void printsThreeDigits() {
    assertThat(PValue.print(0.03125)).isEqualTo("p = 0.0313");
    assertThat(PValue.print(0.25)).isEqualTo("p = 0.25");
    assertThat(PValue.print(1)).isEqualTo("p = 1");
    assertThat(PValue.print(0.00001)).isEqualTo("p < 0.0001");
    assertThat(PValue.number(0.00001)).isEqualTo("0.00001");
    assertThat(PValue.number(0.0625)).isEqualTo("0.0625");
  }

  @Test
  void neverRoundsOverTheLevel() {
    assertThat(PValue.print(0.04996)).isEqualTo("p = 0.04996");
    assertThat(PValue.print(0.0499)).isEqualTo("p = 0.0499");
    assertThat(PValue.print(0.05)).isEqualTo("p = 0.05");
  }

  @Property
  void staysOnItsSideOfTheLevel(@ForAll @Scale(9) @DoubleRange(min = 0, max = 1) double value) {
    assertThat(Double.parseDouble(PValue.number(value)) < PValue.LEVEL)
        .isEqualTo(value < PValue.LEVEL);
  }
}
