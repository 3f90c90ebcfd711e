package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class NestedVarianceTest {
  @Test
  void splitsTheVarianceOfTwoSeedsWithTwoDraws() {
    // Means 0.2 and 0.6: MSB = 2 · 0.08 = 0.16; within: (0.02 + 0.08) / 2 = 0.05.
    NestedVariance split =
        NestedVariance.of(List.of(new double[] {0.1, 0.3}, new double[] {0.4, 0.8}));

    assertThat(split.poisonSeed()).isCloseTo(0.05, within(1e-12));
    assertThat(split.trainingSeed()).isCloseTo(0.055, within(1e-12));
    assertThat(split.f()).isCloseTo(3.2, within(1e-9));
  }

  @Test
  void givesNoComponentBelowZero() {
    NestedVariance split =
        NestedVariance.of(List.of(new double[] {0.1, 0.3}, new double[] {0.3, 0.1}));

    assertThat(split.trainingSeed()).isCloseTo(-0.01, within(1e-12));
    assertThat(split.trainingSeedFromZero()).isZero();
    assertThat(split.pValue()).isCloseTo(1, within(1e-12));
  }

  @Test
  void showsNothingFromDrawsThatDoNotDiffer() {
    NestedVariance split =
        NestedVariance.of(List.of(new double[] {0.1, 0.1}, new double[] {0.3, 0.3}));

    assertThat(split.pValue()).isOne();
    assertThat(split.trainingSeed()).isCloseTo(0.02, within(1e-12));
    assertThat(NestedVariance.of(List.of(new double[2], new double[2])).pValue()).isOne();
  }

  @Test
  void refusesWhatIsNotNested() {
    for (List<double[]> effects :
        List.of(
            List.<double[]>of(),
            List.of(new double[] {0.1, 0.2}),
            List.of(new double[] {0.1}, new double[] {0.2}),
            List.of(new double[] {0.1, 0.2}, new double[] {0.1, 0.2, 0.3}))) {
      assertThatThrownBy(() -> NestedVariance.of(effects))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
