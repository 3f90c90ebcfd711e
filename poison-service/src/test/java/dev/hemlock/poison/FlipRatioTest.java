package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlipRatioTest {
  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        -0.0,
        -0.1,
        1.0000000000000002,
        2,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void refusesWhatIsNoShare(double value) {
    assertThatThrownBy(() -> new FlipRatio(value))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(Double.toString(value))
        .hasMessageContaining("above 0 and at most 1");
  }

  @ParameterizedTest
  @CsvSource({
    "0.4, 5000, 2000",
    "0.4, 146, 58",
    "0.5, 3, 2",
    "0.5, 1, 1",
    "0.145, 100, 15",
    "0.35, 10, 4",
    "0.25, 10, 3",
    "0.2499, 10, 2",
    "1, 7, 7",
    "0.0001, 5000, 1"
  })
  void roundsHalvesUp(double value, int eligible, int expected) {
    assertThat(new FlipRatio(value).countOf(eligible)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0.001, 146, 0.00343", "0.00009, 5000, 0.0001", "1e-300, 1, 0.5"})
  void namesTheSmallestRatioThatFlipsOne(double value, int eligible, String smallest) {
    assertThatThrownBy(() -> new FlipRatio(value).countOf(eligible))
        .isInstanceOf(HemlockException.class)
        .hasMessageEndingWith("the smallest ratio that flips one is " + smallest);
  }

  @Property
  void theNamedRatioFlipsExactlyOne(@ForAll @IntRange(min = 1, max = 10_000_000) int eligible) {
    BigDecimal smallest = FlipRatio.smallestFor(eligible);

    assertThat(new FlipRatio(smallest.doubleValue()).countOf(eligible)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1})
  void refusesAClassWithoutSamples(double value) {
    assertThatThrownBy(() -> new FlipRatio(value).countOf(0))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("choose another class or split");
  }
}
