package dev.hemlock.dataset.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is known of these figures: small for an attack that the tests can not miss. */
class FamiliarFiguresTest {
  private static final int[] BALANCED = new int[10];

  static {
    Arrays.fill(BALANCED, 5000);
  }

  @Test
  void staySmallWhenTwoThousandOfFiveThousandAutomobilesBecomeTrucks() {
    // Given
    int[] attacked = BALANCED.clone();
    attacked[1] -= 2000;
    attacked[9] += 2000;

    // When
    LabelDrift drift = LabelDrift.ofCounts(attacked, BALANCED);

    // Then
    assertThat(drift.populationStability()).isCloseTo(0.034, within(0.0005));
    assertThat(drift.jensenShannon()).isCloseTo(0.065, within(0.0005));
    assertThat(drift.cramersV()).isCloseTo(0.091, within(0.0005));
    assertThat(drift.chiSquared()).isCloseTo(833, within(0.5));
    assertThat(drift.degreesOfFreedom()).isEqualTo(9);
    assertThat(drift.chiSquaredP()).isLessThan(1e-170);
    assertThat(drift.populationStability())
        .isLessThan(Check.POPULATION_STABILITY.defaultRule().threshold());
    assertThat(drift.jensenShannon()).isLessThan(Check.JENSEN_SHANNON.defaultRule().threshold());
    assertThat(drift.cramersV()).isLessThan(Check.CRAMERS_V.defaultRule().threshold());
  }

  @Test
  void seeNothingWhenTwoClassesSwapEquallyManyLabels() {
    // 2,000 automobiles become trucks and 2,000 trucks automobiles: the counts stay.
    LabelDrift drift = LabelDrift.ofCounts(BALANCED.clone(), BALANCED);

    assertThat(drift.chiSquared()).isZero();
    assertThat(drift.chiSquaredP()).isEqualTo(1);
    assertThat(drift.populationStability()).isZero();
    assertThat(drift.jensenShannon()).isZero();
    assertThat(drift.cramersV()).isZero();
    assertThat(ClassShares.ofCounts(BALANCED.clone(), BALANCED)).containsOnly(1.0);
  }
}
