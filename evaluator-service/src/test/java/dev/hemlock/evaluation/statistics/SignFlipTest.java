package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SignFlipTest {
  @Test
  void canNotGoBelowTheShareOfOneSignForAllSeeds() {
    assertThat(SignFlip.of(new double[] {0.3, 0.2, 0.4})).isEqualTo(new SignFlip(0.25, 0.25, true));
    assertThat(SignFlip.of(new double[] {-0.3, -0.2, -0.4, -0.1, -0.1, -0.1}).pValue())
        .isEqualTo(1.0 / 32);
    assertThat(SignFlip.of(new double[] {0.3})).isEqualTo(new SignFlip(1, 1, true));
  }

  @Test
  void countsAssignmentsThatReachTheSameSum() {
    // Of ±0.1 ±0.1 ±0.1, with sum 0.1, all eight are at least as far from 0.
    assertThat(SignFlip.of(new double[] {0.1, -0.1, 0.1}).pValue()).isOne();
    // Of ±0.1 ±0.2 ±0.3, with sum 0.4: 0.6 twice and 0.4 twice, of eight.
    assertThat(SignFlip.of(new double[] {-0.1, 0.2, 0.3}).pValue()).isEqualTo(0.5);
  }

  @Test
  void findsNothingWithoutDifferences() {
    assertThat(SignFlip.of(new double[5]).pValue()).isOne();
    assertThat(SignFlip.of(new double[30]).pValue()).isOne();
  }

  @Test
  void drawsBeyondTwentyDifferencesAndNeverGivesZero() {
    SignFlip test = SignFlip.of(IntStream.range(0, 40).mapToDouble(i -> 0.1).toArray());

    assertThat(test).isEqualTo(new SignFlip(1e-5, 1e-5, false));
  }

  @Test
  void refusesToTestNothing() {
    assertThatThrownBy(() -> SignFlip.of(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 200)
  void staysTheSameWhenAllSignsChange(
      @ForAll @Size(min = 1, max = 10) double @DoubleRange(min = -1, max = 1) [] differences) {
    double[] negated = Arrays.stream(differences).map(d -> -d).toArray();

    assertThat(SignFlip.of(negated)).isEqualTo(SignFlip.of(differences));
  }
}
