package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.BreakEven;
import dev.hemlock.proto.evaluation.v1.BreakEvenBudget;
import dev.hemlock.proto.evaluation.v1.BreakEvenReason;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import org.junit.jupiter.api.Test;

class BreakEvenWordsTest {
  private static final BreakEvenBudget FOUR = at(8, 0.04);
  private static final BreakEvenBudget TEN = at(20, 0.1);
  private static final BreakEvenBudget BELOW =
      absent(BreakEvenReason.BREAK_EVEN_REASON_BELOW_SMALLEST);
  private static final BreakEvenBudget NEVER =
      absent(BreakEvenReason.BREAK_EVEN_REASON_NOT_REACHED);
  private static final BreakEvenBudget ONE_SEED =
      absent(BreakEvenReason.BREAK_EVEN_REASON_SINGLE_SEED);

  @Test
  void givesBothEnds() {
    assertThat(BreakEvenWords.estimate(of(FOUR, FOUR, TEN))).isEqualTo("8\u00a0labels (4\u00a0%)");
    assertThat(BreakEvenWords.interval(of(FOUR, FOUR, TEN)))
        .isEqualTo("above 8\u00a0labels (4\u00a0%), at most 20\u00a0labels (10\u00a0%)");
  }

  @Test
  void saysWhichEndIsOpen() {
    assertThat(BreakEvenWords.interval(of(FOUR, BELOW, TEN)))
        .isEqualTo("at most 20\u00a0labels (10\u00a0%), perhaps below the smallest tested");
    assertThat(BreakEvenWords.interval(of(NEVER, FOUR, NEVER)))
        .isEqualTo("above 8\u00a0labels (4\u00a0%), unbounded");
    assertThat(BreakEvenWords.interval(of(FOUR, BELOW, NEVER)))
        .isEqualTo("none of the budgets tested is shown to lie above or below");
  }

  @Test
  void saysWhyThereIsNoNumber() {
    assertThat(BreakEvenWords.estimate(of(NEVER, FOUR, NEVER)))
        .isEqualTo("not reached by the largest budget tested");
    assertThat(BreakEvenWords.interval(of(TEN, ONE_SEED, ONE_SEED)))
        .isEqualTo("one seed gives no interval");
  }

  private static BreakEven of(BreakEvenBudget estimate, BreakEvenBudget low, BreakEvenBudget high) {
    return BreakEven.newBuilder().setEstimate(estimate).setLow(low).setHigh(high).build();
  }

  private static BreakEvenBudget at(int count, double classShare) {
    return BreakEvenBudget.newBuilder()
        .setFlipped(FlippedLabels.newBuilder().setCount(count).setClassShare(classShare))
        .build();
  }

  private static BreakEvenBudget absent(BreakEvenReason reason) {
    return BreakEvenBudget.newBuilder().setReason(reason).build();
  }
}
