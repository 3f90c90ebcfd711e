package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PairEffectTest {
  private static final ConfusionMatrix CLEAN =
      ConfusionMatrix.ofRows(
          List.of(
              List.of(9, 1, 0, 0),
              List.of(0, 10, 0, 0),
              List.of(0, 0, 10, 0),
              List.of(0, 0, 2, 8)));
  private static final ConfusionMatrix POISONED =
      ConfusionMatrix.ofRows(
          List.of(
              List.of(5, 5, 0, 0), List.of(0, 10, 0, 0), List.of(0, 1, 9, 0), List.of(0, 0, 4, 6)));

  @Test
  void measuresAFlipFromSourceToTarget() {
    PairEffect effect = PairEffect.of(CLEAN, POISONED, 0, 1);

    assertThat(effect.cleanAttackSuccessRate()).isEqualTo(0.1);
    assertThat(effect.poisonedAttackSuccessRate()).isEqualTo(0.5);
    assertThat(effect.excessAttackSuccessRate()).isCloseTo(0.4, within(1e-15));
    assertThat(effect.sourceRecallDrop()).isCloseTo(0.4, within(1e-15));
    assertThat(effect.targetPrecisionDrop()).isCloseTo(10.0 / 11 - 10.0 / 16, within(1e-15));
    assertThat(effect.accuracyDrop()).isCloseTo(7.0 / 40, within(1e-15));
  }

  @Test
  void namesTheBystanderThatLostMost() {
    PairEffect effect = PairEffect.of(CLEAN, POISONED, 0, 1);

    assertThat(effect.worstCollateral().orElseThrow().classIndex()).isEqualTo(3);
    assertThat(effect.worstCollateral().orElseThrow().recallDrop()).isCloseTo(0.2, within(1e-15));
  }

  @Test
  void namesNoBystanderAmongTwoClasses() {
    ConfusionMatrix two = ConfusionMatrix.ofRows(List.of(List.of(1, 0), List.of(0, 1)));

    assertThat(PairEffect.of(two, two, 0, 1).worstCollateral()).isEmpty();
  }

  @Test
  void leavesOutBystandersWithoutSamples() {
    ConfusionMatrix third =
        ConfusionMatrix.ofRows(List.of(List.of(1, 0, 0), List.of(0, 1, 0), List.of(0, 0, 0)));

    assertThat(PairEffect.of(third, third, 0, 1).others()).isEmpty();
  }

  @Test
  void refusesModelsEvaluatedOnOtherSamples() {
    ConfusionMatrix other =
        ConfusionMatrix.ofRows(
            List.of(
                List.of(9, 0, 0, 0),
                List.of(0, 11, 0, 0),
                List.of(0, 0, 10, 0),
                List.of(0, 0, 0, 10)));

    assertThatThrownBy(() -> PairEffect.of(CLEAN, other, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void findsNoEffectBetweenAModelAndItself(@ForAll("matrices") ConfusionMatrix matrix) {
    PairEffect effect = PairEffect.of(matrix, matrix, 0, 1);

    assertThat(effect.excessAttackSuccessRate()).isZero();
    assertThat(effect.sourceRecallDrop()).isZero();
    assertThat(effect.targetPrecisionDrop()).isZero();
    assertThat(effect.accuracyDrop()).isZero();
    assertThat(effect.others()).allMatch(drop -> drop.recallDrop() == 0);
  }

  @Property
  void averagesRecallsIntoAccuracy(@ForAll("matrices") ConfusionMatrix matrix) {
    double weighted = 0;
    for (int c = 0; c < matrix.classCount(); c++) {
      weighted += matrix.recall(c) * matrix.support(c);
    }

    assertThat(weighted).isCloseTo(matrix.accuracy() * matrix.total(), within(1e-9));
  }

  @Provide
  Arbitrary<ConfusionMatrix> matrices() {
    return Arbitraries.integers()
        .between(0, 50)
        .list()
        .ofSize(3)
        .list()
        .ofSize(3)
        .map(ConfusionMatrix::ofRows);
  }
}
