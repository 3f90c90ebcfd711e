package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.evaluation.PairEffect.RecallDrop;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void averagesThePairedDifferences() {
    Summary summary =
        Summary.of(0.4, 57, List.of(effect(0.0, 0.2, 0.01, 0.3), effect(0.1, 0.5, 0.03, 0.1)));

    assertThat(summary.pairCount()).isEqualTo(2);
    assertThat(summary.flipCount()).isEqualTo(57);
    assertThat(summary.cleanAttackSuccessRate().estimate()).isCloseTo(0.05, within(1e-15));
    assertThat(summary.excessAttackSuccessRate().estimate()).isCloseTo(0.3, within(1e-15));
    assertThat(summary.accuracyDrop().estimate()).isCloseTo(0.02, within(1e-15));
    assertThat(summary.accuracyDrop().low()).isCloseTo(0.02 - 12.706204736 * 0.01, within(1e-9));
  }

  @Test
  void picksTheBystanderWithTheLargestMeanDrop() {
    Summary summary = Summary.of(0.4, 57, List.of(effect(0, 0.2, 0, 0.3), effect(0, 0.2, 0, -0.2)));

    assertThat(summary.worstCollateral().orElseThrow().classIndex()).isEqualTo(2);
    assertThat(summary.worstCollateral().orElseThrow().recallDrop().estimate())
        .isCloseTo(0.06, within(1e-15));
  }

  static PairEffect effect(double clean, double poisoned, double accuracyDrop, double collateral) {
    return new PairEffect(
        clean,
        poisoned,
        poisoned - clean,
        0.1,
        accuracyDrop,
        List.of(new RecallDrop(2, 0.06), new RecallDrop(3, collateral)));
  }
}
