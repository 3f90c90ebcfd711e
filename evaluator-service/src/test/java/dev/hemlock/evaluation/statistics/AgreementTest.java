package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.hemlock.common.statistics.Holm;
import dev.hemlock.evaluation.Fixture;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agreement with SciPy, statsmodels and scikit-learn as recorded by {@code fixtures.py}. */
class AgreementTest {
  private static final String FILE = "statistics/tests.json";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "student",
        "equivalence",
        "sign_flip",
        "sampled_sign_flip",
        "holm",
        "wilson",
        "mcnemar",
        "bca",
        "isotonic",
        "interval",
        "band",
        "nested",
        "pigeonhole"
      })
  void agreesWithReferences(String method) throws IOException {
    assertThat(Fixture.cases(FILE, method))
        .isNotEmpty()
        .allSatisfy(expected -> compare(method, expected));
  }

  private static void compare(String method, JsonObject expected) {
    switch (method) {
      case "student" -> close(StudentT.differsFromZero(values(expected)), expected, "p", 1e-10);
      case "equivalence" ->
          close(
              Equivalence.of(values(expected), number(expected, "margin")).pValue(),
              expected,
              "p",
              1e-10);
      case "sign_flip" -> close(SignFlip.of(values(expected)).pValue(), expected, "p", 1e-12);
      case "sampled_sign_flip" ->
          close(SignFlip.of(values(expected)).pValue(), expected, "p", 0.004);
      case "holm" ->
          assertThat(Holm.adjust(values(expected)))
              .containsExactly(Fixture.doubles(expected, "adjusted"), within(1e-14));
      case "wilson" -> {
        Interval interval =
            Interval.wilson(expected.get("count").getAsInt(), expected.get("total").getAsInt());
        close(interval, expected);
      }
      case "mcnemar" ->
          close(
              McNemar.of(expected.get("clean").getAsInt(), expected.get("poisoned").getAsInt())
                  .pValue(),
              expected,
              "p",
              1e-12);
      case "bca" -> {
        // Both sides draw their own resamples: they agree up to that noise.
        Interval interval = BcaBootstrap.ofMean(values(expected)).orElseThrow();
        double noise = 0.03 * (number(expected, "high") - number(expected, "low"));
        close(interval.low(), expected, "low", noise);
        close(interval.high(), expected, "high", noise);
      }
      case "isotonic" ->
          assertThat(Isotonic.fit(values(expected), Fixture.doubles(expected, "weights")))
              .containsExactly(Fixture.doubles(expected, "fit"), within(1e-12));
      case "interval" ->
          close(StudentT.interval(values(expected), number(expected, "error_rate")), expected);
      case "band" -> {
        List<Interval> band =
            SimultaneousBand.of(
                Fixture.doubleRows(expected, "samples"), number(expected, "error_rate"), 0);
        double[] low = band.stream().mapToDouble(Interval::low).toArray();
        double[] high = band.stream().mapToDouble(Interval::high).toArray();
        assertThat(low).containsExactly(Fixture.doubles(expected, "low"), within(1e-9));
        assertThat(high).containsExactly(Fixture.doubles(expected, "high"), within(1e-9));
      }
      case "nested" -> {
        NestedVariance split = NestedVariance.of(Fixture.doubleRows(expected, "effects"));
        close(split.trainingSeed(), expected, "training", 1e-12);
        close(split.poisonSeed(), expected, "poison", 1e-12);
        close(split.f(), expected, "f", 1e-9);
        close(split.pValue(), expected, "p", 1e-9);
      }
      case "pigeonhole" -> {
        // The reference draws resamples: it agrees up to that noise.
        Interval interval =
            SeedsByImagesBootstrap.ofMean(Fixture.doubleRows(expected, "effects")).orElseThrow();
        double noise = 0.01 * (number(expected, "high") - number(expected, "low"));
        close(interval.low(), expected, "low", noise);
        close(interval.high(), expected, "high", noise);
      }
      default -> throw new IllegalArgumentException(method);
    }
  }

  private static void close(Interval actual, JsonObject expected) {
    close(actual.low(), expected, "low", 1e-10);
    close(actual.high(), expected, "high", 1e-10);
  }

  private static void close(double actual, JsonObject expected, String field, double tolerance) {
    assertThat(actual).isCloseTo(number(expected, field), within(tolerance));
  }

  private static double number(JsonObject expected, String field) {
    return expected.get(field).getAsDouble();
  }

  private static double[] values(JsonObject expected) {
    return Fixture.doubles(expected, "values");
  }
}
