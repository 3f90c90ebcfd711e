package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.math.BigDecimal;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlipBudgetTest {
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
    assertThatThrownBy(() -> new ClassShare(value))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(Double.toString(value))
        .hasMessageContaining("above 0 and at most 1");
    assertThatThrownBy(() -> new SplitShare(value))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("above 0 and at most 1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void refusesWhatIsNoCount(int value) {
    assertThatThrownBy(() -> new FlipCount(value))
        .isInstanceOf(HemlockException.class)
        .hasMessage("The number of labels to flip is " + value + "; give at least 1");
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
  void roundsHalvesUp(double value, int samples, int expected) {
    assertThat(new ClassShare(value).flips(wholeClass(samples))).isEqualTo(expected);
    assertThat(new SplitShare(value).flips(wholeClass(samples))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 20, 10", "0.5, 22, 12", "0.45, 20, 10", "0.44, 20, 8", "0.05, 20, 2"})
  void roundsToWholeUnits(double value, int samples, int expected) {
    FlipScope pairs = new FlipScope(samples, samples, samples, 2);

    assertThat(new ClassShare(value).flips(pairs)).isEqualTo(expected);
  }

  @Test
  void sharesAreOfTheirOwnPartOfTheSplit() {
    FlipScope scope = new FlipScope(1000, 200, 200, 1);

    assertThat(new ClassShare(0.1).flips(scope)).isEqualTo(20);
    assertThat(new SplitShare(0.1).flips(scope)).isEqualTo(100);
    assertThat(new FlipCount(100).flips(scope)).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({"0.001, 146, 0.00343", "0.00009, 5000, 0.0001", "1e-300, 1, 0.5"})
  void namesTheSmallestRatioThatFlipsAny(double value, int samples, String smallest) {
    assertThatThrownBy(() -> new ClassShare(value).flips(wholeClass(samples)))
        .isInstanceOf(HemlockException.class)
        .hasMessageEndingWith(
            "flips none of %d samples; the smallest ratio that flips any is %s", samples, smallest);
  }

  @Property
  void theNamedRatioFlipsExactlyOneUnit(
      @ForAll @IntRange(min = 2, max = 10_000_000) int half,
      @ForAll @IntRange(min = 1, max = 2) int unit) {
    int samples = 2 * half;
    BigDecimal smallest = FlipRatio.smallestFor(samples, unit);

    assertThat(
            new ClassShare(smallest.doubleValue())
                .flips(new FlipScope(samples, samples, samples, unit)))
        .isEqualTo(unit);
  }

  @Property
  void theNamedLargestRatioIsPossible(
      @ForAll @IntRange(min = 2, max = 1_000_000) int samples,
      @ForAll @IntRange(min = 1, max = 1_000_000) int pairs,
      @ForAll @IntRange(min = 1, max = 2) int unit) {
    Assume.that(unit * pairs <= samples);
    BigDecimal largest = FlipRatio.largestFor(samples, unit * pairs);

    assertThat(
            new ClassShare(largest.doubleValue())
                .flips(new FlipScope(samples, samples, unit * pairs, unit)))
        .isBetween(1, unit * pairs);
  }

  @Property
  void largerSharesFlipNoFewer(
      @ForAll @DoubleRange(min = 0.01, max = 1) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1) double other,
      @ForAll @IntRange(min = 100, max = 1000) int half) {
    FlipScope scope = new FlipScope(2 * half, 2 * half, 2 * half, 2);

    assertThat(new ClassShare(Math.min(one, other)).flips(scope))
        .isLessThanOrEqualTo(new ClassShare(Math.max(one, other)).flips(scope));
  }

  @Test
  void refusesMoreThanTheAttackCanFlip() {
    FlipScope unequalPair = new FlipScope(100, 40, 20, 2);

    assertThatThrownBy(() -> new ClassShare(0.9).flips(unequalPair))
        .isInstanceOf(HemlockException.class)
        .hasMessage(
            "A ratio of 0.9 of 40 samples asks for 36 flips, but the attack can flip only 20 labels of this split; give a ratio of at most 0.5");
    assertThatThrownBy(() -> new SplitShare(0.5).flips(unequalPair))
        .isInstanceOf(HemlockException.class)
        .hasMessageEndingWith("give a ratio of at most 0.2");
    assertThatThrownBy(() -> new FlipCount(22).flips(unequalPair))
        .isInstanceOf(HemlockException.class)
        .hasMessage(
            "The budget asks for 22 flips, but the attack can flip only 20 labels of this split; give a count of at most 20");
  }

  @Test
  void refusesACountThatSplitsAPair() {
    assertThatThrownBy(() -> new FlipCount(7).flips(new FlipScope(100, 40, 20, 2)))
        .isInstanceOf(HemlockException.class)
        .hasMessage(
            "The attack flips labels 2 at a time, and 7 is no multiple of that; give a count of 8");
  }

  @Test
  void scopesRefuseNumbersThatContradictEachOther() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FlipScope(10, 11, 5, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new FlipScope(10, 5, 6, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new FlipScope(10, 5, 3, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> new FlipScope(10, 5, -1, 1));
  }

  private static FlipScope wholeClass(int samples) {
    return new FlipScope(samples, samples, samples, 1);
  }
}
