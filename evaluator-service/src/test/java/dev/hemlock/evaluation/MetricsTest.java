package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MetricsTest {
  static Stream<Arguments> cases() throws IOException {
    return Fixture.cases("classification.json").stream()
        .map(expected -> Arguments.of(expected.get("name").getAsString(), expected));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void agreesWithScikitLearn(String name, JsonObject expected) {
    List<String> classNames =
        IntStream.range(0, expected.get("classes").getAsInt()).mapToObj(c -> "class " + c).toList();

    Metrics metrics =
        Metrics.of(Fixture.floats(expected, "logits"), Fixture.ints(expected, "truth"), classNames);

    assertThat(metrics.confusion())
        .isEqualTo(ConfusionMatrix.ofRows(Fixture.rows(expected, "confusion")));
    assertThat(metrics.accuracy()).isEqualTo(expected.get("accuracy").getAsDouble());
    assertThat(metrics.loss()).isCloseTo(expected.get("loss").getAsDouble(), within(1e-9));
    assertThat(metrics.calibrationError())
        .isCloseTo(expected.get("calibration_error").getAsDouble(), within(1e-9));
    assertThat(figures(metrics, ClassMetrics::precision))
        .containsExactly(Fixture.doubles(expected, "precision"), within(1e-15));
    assertThat(figures(metrics, ClassMetrics::recall))
        .containsExactly(Fixture.doubles(expected, "recall"), within(1e-15));
    assertThat(figures(metrics, ClassMetrics::f1))
        .containsExactly(Fixture.doubles(expected, "f1"), within(1e-15));
    assertThat(metrics.perClass().stream().mapToInt(ClassMetrics::support))
        .containsExactlyElementsOf(
            IntStream.of(Fixture.ints(expected, "support")).boxed().toList());
    assertThat(metrics.perClass()).extracting(ClassMetrics::className).isEqualTo(classNames);
  }

  @Test
  void predictsTheFirstOfEqualLogits() {
    Metrics metrics = Metrics.of(new float[] {1, 1, 0, 2, 2, 2}, new int[] {0, 2}, names(3));

    assertThat(metrics.confusion().row(0)).containsExactly(1, 0, 0);
    assertThat(metrics.confusion().row(2)).containsExactly(1, 0, 0);
  }

  @Test
  void computesTheLossOfLargeLogitsWithoutOverflow() {
    Metrics metrics = Metrics.of(new float[] {1e30f, -1e30f}, new int[] {1}, names(2));

    assertThat(metrics.loss()).isCloseTo(2e30, within(1e24));
  }

  @Test
  void refusesOutputsThatAreNotNumbers() {
    assertThatThrownBy(() -> Metrics.of(new float[] {1, Float.NaN}, new int[] {0}, names(2)))
        .isInstanceOf(Metrics.DivergedException.class);
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static double[] figures(Metrics metrics, ToDoubleFunction<ClassMetrics> figure) {
    return metrics.perClass().stream().mapToDouble(figure).toArray();
  }
}
