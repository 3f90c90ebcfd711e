package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EquivalenceTest {
  @Test
  void takesTheLargerOfBothOneSidedTests() {
    // Given a mean of 0.01 and s = 0.01 of three: t = (0.02 - 0.01) / (0.01 / √3) = √3 with two
    // degrees of freedom, whose upper tail is (1 - √3 / √5) / 2.
    double[] drops = {0, 0.01, 0.02};

    // When
    Equivalence test = Equivalence.of(drops, 0.02);

    // Then
    assertThat(test.pValue()).isCloseTo((1 - Math.sqrt(3.0 / 5)) / 2, within(1e-12));
    assertThat(test.shown()).isFalse();
  }

  @Test
  void showsNothingFromOneDifferenceOrFromDifferencesWithoutSpread() {
    assertThat(Equivalence.of(new double[] {0}, 0.02).pValue()).isOne();
    assertThat(Equivalence.of(new double[] {0.001, 0.001, 0.001}, 0.02).pValue()).isOne();
    assertThat(StudentT.differsFromZero(new double[] {0.1, 0.1})).isOne();
  }

  @Test
  void refusesAMarginThatNothingCanLieWithin() {
    assertThatThrownBy(() -> Equivalence.of(new double[] {0, 0.1}, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
