package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Chi-square tests over the fixed seeds 0 to 9,999; the statistic never changes between runs. */
class UniformityTest {
  private static final int SAMPLES = 50;
  private static final int FLIPS = 20;
  private static final int SEEDS = 10_000;

  @Test
  void everySampleIsChosenEquallyOften() {
    // Given
    int[] chosen = new int[SAMPLES];

    // When
    for (int seed = 0; seed < SEEDS; seed++) {
      for (LabelFlip flip : plan(seed).flips()) {
        chosen[flip.position()]++;
      }
    }

    // Then: without replacement the counts of one seed have variance p(1-p) and covariance
    // -p(1-p)/(n-1), so this scaled sum is chi-square with n-1 degrees of freedom.
    double p = (double) FLIPS / SAMPLES;
    double statistic = 0;
    for (int count : chosen) {
      double excess = count - SEEDS * p;
      statistic += excess * excess / (SEEDS * p * (1 - p)) * (SAMPLES - 1) / SAMPLES;
    }
    assertThat(statistic).isBetween(23.98, 85.35); // 0.1 % and 99.9 % quantiles, 49 degrees
  }

  @Test
  void neighboursAreChosenTogetherAsOftenAsAnyTwo() {
    // Given
    int bothChosen = 0;

    // When
    for (int seed = 0; seed < SEEDS; seed++) {
      boolean[] chosen = new boolean[SAMPLES];
      plan(seed).flips().forEach(flip -> chosen[flip.position()] = true);
      for (int i = 1; i < SAMPLES; i++) {
        bothChosen += chosen[i] && chosen[i - 1] ? 1 : 0;
      }
    }

    // Then
    double expected = SEEDS * (SAMPLES - 1.0) * FLIPS * (FLIPS - 1) / (SAMPLES * (SAMPLES - 1.0));
    assertThat(bothChosen / expected).isBetween(0.99, 1.01);
  }

  private static FlipPlan plan(int seed) {
    return FlipPlanner.plan(
        Labels.of(2, new int[SAMPLES]),
        new TargetedFlip(0, 1),
        new FlipCount(FLIPS),
        new Seed(seed));
  }
}
