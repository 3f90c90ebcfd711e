package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.evaluation.PairEffect.RecallDrop;
import dev.hemlock.evaluation.statistics.Interval;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final Flipped FLIPPED = new Flipped(57, 0.4, 0.04);

  @Test
  void averagesThePairedDifferences() {
    Summary summary = of(List.of(effect(0.0, 0.2, 0.01, 0.3), effect(0.1, 0.5, 0.03, 0.1)), 0.02);

    assertThat(summary.pairCount()).isEqualTo(2);
    assertThat(summary.flipped().count()).isEqualTo(57);
    assertThat(summary.cleanAttackSuccessRate().estimate()).isCloseTo(0.05, within(1e-15));
    assertThat(summary.excessAttackSuccessRate().estimate()).isCloseTo(0.3, within(1e-15));
    assertThat(summary.accuracyDrop().estimate()).isCloseTo(0.02, within(1e-15));
    assertThat(summary.accuracyDrop().low()).isCloseTo(0.02 - 12.706204736 * 0.01, within(1e-9));
  }

  @Test
  void picksTheBystanderWithTheLargestMeanDrop() {
    Summary summary = of(List.of(effect(0, 0.2, 0, 0.3), effect(0, 0.2, 0, -0.2)), 0.02);

    assertThat(summary.worstCollateral().orElseThrow().classIndex()).isEqualTo(2);
    assertThat(summary.worstCollateral().orElseThrow().recallDrop().estimate())
        .isCloseTo(0.06, within(1e-15));
  }

  @Test
  void testsTheOtherClassesTogether() {
    // Given
    List<PairEffect> pairs =
        List.of(effect(0, 0.2, 0, 0.30), effect(0, 0.2, 0, 0.32), effect(0, 0.2, 0, 0.34));

    // When
    Summary.Collateral hit = of(pairs, 0.02).worstCollateral().orElseThrow();

    // Then: t(0.9875, 2) = 6.2053, s / √3 = 0.011547; two classes, of which the other has p = 1.
    assertThat(hit.classIndex()).isEqualTo(3);
    assertThat(hit.recallDrop().low()).isCloseTo(0.32 - 6.205347 * 0.011547005, within(1e-6));
    assertThat(hit.adjustedPValue()).isCloseTo(2 * hit.pValue(), within(1e-15));
  }

  @Test
  void testsWhetherAccuracyWasPreserved() {
    List<PairEffect> pairs =
        List.of(effect(0, 0, 0.001, 0), effect(0, 0, 0.002, 0), effect(0, 0, 0.003, 0));

    assertThat(of(pairs, 0.02).accuracyEquivalence().shown()).isTrue();
    assertThat(of(pairs, 0.002).accuracyEquivalence().shown()).isFalse();
  }

  @Test
  void bootstrapsFromTwentyPairsOn() {
    List<PairEffect> twenty = Collections.nCopies(20, effect(0, 0.2, 0, 0));

    assertThat(of(twenty, 0.02).excessBootstrap()).isPresent();
    assertThat(of(twenty.subList(1, 20), 0.02).excessBootstrap()).isEmpty();
  }

  @Test
  void countsATrainingSeedOnceWithTheMeanOverItsPoisonSeeds() {
    Summary summary =
        Summary.of(
            0.4,
            FLIPPED,
            List.of(
                List.of(effect(0, 0.1, 0, 0), effect(0, 0.3, 0, 0)),
                List.of(effect(0, 0.3, 0, 0), effect(0, 0.5, 0, 0))),
            List.of(new double[] {0, 1}, new double[] {0, 1}),
            0.02);

    assertThat(summary.pairCount()).isEqualTo(4);
    assertThat(summary.seedCount()).isEqualTo(2);
    assertThat(summary.excessAttackSuccessRate().estimate()).isCloseTo(0.3, within(1e-15));
    assertThat(summary.excessTest().smallestPValue()).isEqualTo(0.5);
    assertThat(summary.excessVariance().orElseThrow().poisonSeed()).isCloseTo(0.02, within(1e-12));
    assertThat(summary.excessOverImages()).isEmpty();
  }

  @Test
  void doesNotTakeOneImageInEveryPairForCertain() {
    List<PairEffect> pairs = Collections.nCopies(2, effect(0, 0.05, 0, 0));
    double[] oneOfTwenty = new double[20];
    oneOfTwenty[0] = 1;

    Estimate excess =
        Summary.of(
                0.4,
                FLIPPED,
                pairs.stream().map(List::of).toList(),
                List.of(oneOfTwenty, oneOfTwenty),
                0.02)
            .excessAttackSuccessRate();

    assertThat(excess.hasWidth()).isTrue();
    assertThat(excess.excludesZero()).isFalse();
  }

  @Test
  void coversTheChoiceOfTestImagesFromFiveSeedsOn() {
    List<PairEffect> five = Collections.nCopies(5, effect(0, 0.2, 0, 0));

    assertThat(of(five, 0.02).excessOverImages().orElseThrow().low()).isLessThan(0.1);
    assertThat(of(five.subList(1, 5), 0.02).excessOverImages()).isEmpty();
    assertThat(of(five, 0.02).excessVariance()).isEmpty();
  }

  private static Summary of(List<PairEffect> pairs, double accuracyMargin) {
    return Summary.of(
        0.4,
        FLIPPED,
        pairs.stream().map(List::of).toList(),
        pairs.stream().map(pair -> new double[] {0, pair.poisonedAttackSuccessRate()}).toList(),
        accuracyMargin);
  }

  static PairEffect effect(double clean, double poisoned, double accuracyDrop, double collateral) {
    return new PairEffect(
        clean,
        poisoned,
        Interval.wilson(0, 0),
        Interval.wilson(0, 0),
        poisoned - clean,
        0.1,
        accuracyDrop,
        List.of(new RecallDrop(2, 0.06), new RecallDrop(3, collateral)));
  }
}
