package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.hemlock.evaluation.Fixture;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RatioOfMeansTest {
  @Test
  void agreesWithTheInvertedTestOfSciPy() throws IOException {
    for (JsonObject recorded : Fixture.cases("statistics/ratios.json")) {
      Optional<RatioOfMeans> ratio =
          RatioOfMeans.of(Fixture.doubles(recorded, "y"), Fixture.doubles(recorded, "x"), 0);

      assertThat(ratio.isPresent()).as("%s", recorded).isEqualTo(recorded.has("low"));
      ratio.ifPresent(
          found -> {
            double scale = 1 + Math.abs(found.interval().high() - found.interval().low());
            assertThat(found.estimate())
                .isCloseTo(recorded.get("ratio").getAsDouble(), within(1e-12));
            assertThat(found.interval().low())
                .isCloseTo(recorded.get("low").getAsDouble(), within(1e-8 * scale));
            assertThat(found.interval().high())
                .isCloseTo(recorded.get("high").getAsDouble(), within(1e-8 * scale));
          });
    }
  }

  @Test
  void isTheRatioItselfWithoutSpread() {
    RatioOfMeans ratio =
        RatioOfMeans.of(new double[] {0.1, 0.2, 0.3}, new double[] {0.2, 0.4, 0.6}, 0).orElse(null);

    // x has t = 0.4 / (0.2 / √3) = 3.46, below t(0.975, 2) = 4.30: no ratio can be told.
    assertThat(ratio).isNull();
    // With y = x / 2 exactly and x far from 0, no other ratio fits.
    RatioOfMeans exact =
        RatioOfMeans.of(new double[] {0.2, 0.21, 0.19}, new double[] {0.4, 0.42, 0.38}, 0)
            .orElseThrow();
    assertThat(exact.interval().low()).isCloseTo(0.5, within(1e-7));
    assertThat(exact.interval().high()).isCloseTo(0.5, within(1e-7));
  }

  @Test
  void dividesTheIntervalOfTheNumeratorByADenominatorWithoutSpread() {
    // ȳ = 0.2, s = 0.1, t(0.975, 2) = 4.302653: 0.2 ± 4.302653 · 0.1 / √3, over 0.4.
    RatioOfMeans ratio =
        RatioOfMeans.of(new double[] {0.1, 0.2, 0.3}, new double[] {0.4, 0.4, 0.4}, 0)
            .orElseThrow();

    assertThat(ratio.interval().low()).isCloseTo((0.2 - 0.2484138) / 0.4, within(1e-6));
    assertThat(ratio.interval().high()).isCloseTo((0.2 + 0.2484138) / 0.4, within(1e-6));
  }

  @Test
  void doesNotTakeAFewEqualSharesForCertain() {
    double[] halves = {0.05, 0.05, 0.05};
    double[] excess = {0.1, 0.1, 0.1};

    assertThat(RatioOfMeans.of(halves, excess, 0).orElseThrow().interval())
        .isEqualTo(new Interval(0.5, 0.5));
    Interval ofImages = RatioOfMeans.of(halves, excess, 1.0 / 20).orElseThrow().interval();
    assertThat(ofImages.low()).isLessThan(0.4);
    assertThat(ofImages.high()).isGreaterThan(0.6);
    assertThat(RatioOfMeans.of(halves, excess, 1.0 / 4)).isEmpty();
  }

  @Test
  void givesNothingForASinglePairOrADenominatorBelowZero() {
    assertThat(RatioOfMeans.of(new double[] {0.1}, new double[] {0.2}, 0)).isEmpty();
    assertThat(RatioOfMeans.of(new double[] {0.1, 0.1}, new double[] {-0.5, -0.501}, 0)).isEmpty();
    assertThatThrownBy(() -> RatioOfMeans.of(new double[2], new double[3], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** It is there where the t interval of x lies above 0, and holds 0 where that of y does. */
  @Property(tries = 300)
  void agreesWithTheIntervalsOfItsParts(
      @ForAll int seed, @ForAll @IntRange(min = 2, max = 12) int n) {
    Random random = new Random(seed);
    double[] x = normal(random, n, 0.1, 0.1).toArray();
    double[] y = normal(random, n, 0.05, 0.1).toArray();

    Optional<RatioOfMeans> ratio = RatioOfMeans.of(y, x, 0);

    assertThat(ratio.isPresent()).isEqualTo(StudentT.interval(x, 0.05).low() > 0);
    Interval ofY = StudentT.interval(y, 0.05);
    ratio.ifPresent(
        found ->
            assertThat(found.interval().low() <= 0 && found.interval().high() >= 0)
                .isEqualTo(ofY.low() <= 0 && ofY.high() >= 0));
  }

  /**
   * How often the interval misses the true ratio of normal pairs: 4,000 samples a row, standard error
   * 0.3 points. Where there is no interval nothing is claimed.
   */
  @Test
  void missesTheTrueRatioInAtMostOneOfTwentyExperiments() {
    for (double[] row :
        new double[][] {
          // n, mean of x over its deviation, true share
          {5, 4, 0}, {5, 4, 0.5}, {5, 4, 1}, {10, 2, 0.5}, {5, 1, 0.5}, {20, 4, 0.5}
        }) {
      Random random = new Random(7);
      int n = (int) row[0];
      int missed = 0;
      int samples = 4000;
      for (int i = 0; i < samples; i++) {
        double[] x = normal(random, n, row[1], 1).toArray();
        double[] noise = normal(random, n, 0, 0.7).toArray();
        double[] y = IntStream.range(0, n).mapToDouble(j -> row[2] * x[j] + noise[j]).toArray();
        Optional<RatioOfMeans> ratio = RatioOfMeans.of(y, x, 0);
        if (ratio.isPresent()
            && (row[2] < ratio.get().interval().low() || row[2] > ratio.get().interval().high())) {
          missed++;
        }
      }
      assertThat(missed / (double) samples).isLessThanOrEqualTo(0.05 + 3 * 0.0034);
    }
  }

  private static DoubleStream normal(Random random, int n, double mean, double deviation) {
    return DoubleStream.generate(() -> mean + deviation * random.nextGaussian()).limit(n);
  }
}
