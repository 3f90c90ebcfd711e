package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.evaluation.statistics.SequentialTest.Decision;
import dev.hemlock.evaluation.statistics.SequentialTest.Judgement;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.distribution.TDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequentialTestTest {
  private static final SequentialTest TEST = new SequentialTest(new int[] {5, 10, 20}, 0.05, 0);
  private static final double[] FIVE = {0.18, 0.12, 0.15, 0.14, 0.16};

  @Test
  void waitsForTheFirstLook() {
    Judgement judgement = TEST.judge(new double[] {0.9, 0.9, 0.9, 0.9}, 0.1);

    assertThat(judgement.decision()).isEqualTo(Decision.UNDECIDED);
    assertThat(judgement.used()).isZero();
    assertThat(judgement.interval()).isEqualTo(new Interval(-1, 1));
    assertThat(judgement.nextLook()).hasValue(5);
    assertThat(judgement.moreValues()).isEmpty();
  }

  @Test
  void judgesTheBoundAtTheErrorRateOfOneLook() {
    double quantile = TDistribution.of(4).inverseSurvivalProbability(0.05 / 3 / 2);
    double half = quantile * Math.sqrt(0.0005) / Math.sqrt(5);

    Judgement judgement = TEST.judge(FIVE, 0.1);

    assertThat(judgement.interval().low()).isCloseTo(0.15 - half, within(1e-9));
    assertThat(judgement.interval().high()).isCloseTo(0.15 + half, within(1e-9));
    assertThat(judgement.decision()).isEqualTo(Decision.ABOVE);
    assertThat(judgement.nextLook()).isEmpty();
    assertThat(judgement.moreValues()).isEmpty();
    assertThat(TEST.judge(FIVE, 0.2).decision()).isEqualTo(Decision.BELOW);
    assertThat(TEST.judge(FIVE, judgement.interval().high()).decision()).isEqualTo(Decision.BELOW);
    assertThat(TEST.judge(FIVE, judgement.interval().low()).decision())
        .isEqualTo(Decision.UNDECIDED);
  }

  @Test
  void doesNotLookBeyondTheLookThatDecided() {
    double[] turning = Arrays.copyOf(FIVE, 20);
    Arrays.fill(turning, 5, 20, -0.9);

    assertThat(TEST.judge(turning, 0.1)).isEqualTo(TEST.judge(FIVE, 0.1));
  }

  @Test
  void endsUndecidedAfterTheLastLook() {
    double[] values = DoubleStream.iterate(0, i -> 1 - i).limit(20).map(i -> 0.2 * i).toArray();

    Judgement judgement = TEST.judge(values, 0.11);

    assertThat(judgement.decision()).isEqualTo(Decision.UNDECIDED);
    assertThat(judgement.used()).isEqualTo(20);
    assertThat(judgement.nextLook()).isEmpty();
    assertThat(judgement.moreValues()).isPresent();
    assertThat(TEST.judge(values, 0.1).moreValues()).isEmpty();
  }

  @Test
  void countsTheSeedsThatWouldNarrowTheIntervalToTheThreshold() {
    Judgement judgement = TEST.judge(FIVE, 0.14);
    int needed = 5 + judgement.moreValues().orElseThrow();

    double deviation = Math.sqrt(0.0005);
    assertThat(StudentT.halfWidth(deviation, needed, 0.05 / 3)).isLessThanOrEqualTo(0.01);
    assertThat(StudentT.halfWidth(deviation, needed - 1, 0.05 / 3)).isGreaterThan(0.01);
  }

  @Test
  void asksForAtLeastOneMore() {
    Judgement judgement = TEST.judge(FIVE, TEST.judge(FIVE, 0.1).interval().low());

    assertThat(judgement.moreValues()).isEqualTo(OptionalInt.of(1));
  }

  @Test
  void takesEqualSharesForNoMoreThanTheirResolutionShows() {
    SequentialTest of18Images = new SequentialTest(new int[] {2, 5}, 0.05, 1.0 / 18);
    double[] equal = {3.0 / 18, 3.0 / 18, 3.0 / 18, 3.0 / 18, 3.0 / 18};
    double half =
        TDistribution.of(4).inverseSurvivalProbability(0.05 / 2 / 2)
            * (1.0 / 18 / Math.sqrt(12))
            / Math.sqrt(5);

    assertThat(of18Images.judge(Arrays.copyOf(equal, 2), 0.1).decision())
        .isEqualTo(Decision.UNDECIDED);
    assertThat(of18Images.judge(equal, 0.1).interval().low())
        .isCloseTo(3.0 / 18 - half, within(1e-12));
    assertThat(of18Images.judge(equal, 0.1).decision()).isEqualTo(Decision.ABOVE);
    assertThat(of18Images.judge(new double[5], 0.1).decision()).isEqualTo(Decision.BELOW);
  }

  @Test
  void doesNotCountSeedsThatNoExperimentHolds() {
    assertThat(TEST.judge(FIVE, 0.1499).moreValues()).isEmpty();
  }

  @Test
  void refusesLooksThatAreNotAscending() {
    for (int[] looks : new int[][] {{}, {1, 5}, {5, 5}, {10, 5}}) {
      assertThatThrownBy(() -> new SequentialTest(looks, 0.05, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new SequentialTest(new int[] {5}, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SequentialTest(new int[] {5}, 0.05, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** With the mean on the threshold, any decision at all is a false one at its worst. */
  @ParameterizedTest
  @CsvSource({"5, 10, 20, 31", "3, 4, 5, 32", "6, 8, 12, 33"})
  void decidesOnTheThresholdAtMostAsOftenAsStated(int first, int second, int third, int seed) {
    SequentialTest test = new SequentialTest(new int[] {first, second, third}, 0.05, 0);
    Random random = new Random(seed);
    int simulations = 10_000;
    int decided = 0;
    for (int simulation = 0; simulation < simulations; simulation++) {
      double[] values =
          DoubleStream.generate(() -> 0.1 + 0.05 * random.nextGaussian()).limit(third).toArray();
      decided += test.judge(values, 0.1).decision() == Decision.UNDECIDED ? 0 : 1;
    }

    double rate = (double) decided / simulations;
    assertThat(rate).isBetween(0.02, 0.05 + 3 * Math.sqrt(0.05 * 0.95 / simulations));
  }
}
