package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.Estimate;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void printsSharesAsPercentages() {
    assertThat(Figures.percent(0.961)).isEqualTo("96.1\u00a0%");
    assertThat(Figures.percent(0)).isEqualTo("0.0\u00a0%");
    assertThat(Figures.chosenPercent(0.4)).isEqualTo("40\u00a0%");
    assertThat(Figures.chosenPercent(0.025)).isEqualTo("2.5\u00a0%");
  }

  @Test
  void printsDifferencesWithTheirSign() {
    assertThat(Figures.points(0.234)).isEqualTo("+23.4");
    assertThat(Figures.points(-0.234)).isEqualTo("−23.4");
    assertThat(Figures.points(-0.0)).isEqualTo("0.0");
  }

  @Test
  void neverRoundsAnEffectAway() {
    assertThat(Figures.points(0.0002)).isEqualTo("+0.02");
    assertThat(Figures.percent(0.0001)).isEqualTo("0.01\u00a0%");
    assertThat(Figures.points(1e-17)).isEqualTo("0.0");
  }

  @Test
  void showsADashForWhatIsNoNumber() {
    assertThat(Figures.percent(Double.NaN)).isEqualTo("–");
    assertThat(Figures.points(Double.POSITIVE_INFINITY)).isEqualTo("–");
    assertThat(Figures.plain(Double.NaN)).isEqualTo("–");
  }

  @Test
  void citesTheIntervalOnlyWhereThereIsOne() {
    Estimate estimate = Estimate.newBuilder().setEstimate(0.2).setLow(0.1).setHigh(0.3).build();

    assertThat(Figures.cited(estimate, true)).isEqualTo("+20.0\u00a0pp [+10.0, +30.0]");
    assertThat(Figures.cited(estimate, false)).isEqualTo("+20.0\u00a0pp");
  }
}
