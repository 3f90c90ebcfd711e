package dev.hemlock.dataset.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.hemlock.common.images.ImageShape;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Agreement with SciPy, statsmodels and NumPy as recorded by {@code fixtures.py}. */
class AgreementTest {

  @Test
  void comparesWithAReferenceAsSciPyDoes() throws IOException {
    assertThat(cases("drift"))
        .isNotEmpty()
        .allSatisfy(
            expected -> {
              int[] counts = ints(expected, "counts");
              int[] reference = ints(expected, "reference");
              compare(expected, LabelDrift.ofCounts(counts, reference));
              assertThat(ClassShares.ofCounts(counts, reference))
                  .containsExactly(doubles(expected, "classes"), within(1e-9));
            });
  }

  @Test
  void comparesWithDeclaredSharesAsSciPyDoes() throws IOException {
    assertThat(cases("declared"))
        .isNotEmpty()
        .allSatisfy(
            expected -> {
              int[] counts = ints(expected, "counts");
              double[] shares = doubles(expected, "shares");
              compare(expected, LabelDrift.ofShares(counts, shares));
              assertThat(ClassShares.ofShares(counts, shares))
                  .containsExactly(doubles(expected, "classes"), within(1e-9));
            });
  }

  @Test
  void countsExceedancesExactly() throws IOException {
    assertThat(cases("exceedance"))
        .isNotEmpty()
        .allSatisfy(
            expected -> {
              double[] values = new double[expected.get("m").getAsInt()];
              Arrays.fill(values, 0, expected.get("k").getAsInt(), 1);
              double[] reference = new double[expected.get("n").getAsInt()];
              assertThat(Exceedance.of(values, reference).pValue())
                  .isCloseTo(expected.get("p").getAsDouble(), within(1e-12));
            });
  }

  @Test
  void describesImagesAsNumPyDoes() throws IOException {
    assertThat(cases("gradient"))
        .isNotEmpty()
        .allSatisfy(
            expected -> {
              int[] values = ints(expected, "pixels");
              byte[] pixels = new byte[values.length];
              for (int i = 0; i < values.length; i++) {
                pixels[i] = (byte) values[i];
              }
              Fingerprint print =
                  Fingerprint.of(
                      pixels,
                      new ImageShape(
                          expected.get("height").getAsInt(),
                          expected.get("width").getAsInt(),
                          expected.get("channels").getAsInt()));
              assertThat("%016x".formatted(print.gradient()))
                  .isEqualTo(expected.get("gradient").getAsString());
              close(print.mean(), expected, "mean", within(1e-9));
              close(print.deviation(), expected, "deviation", within(1e-9));
            });
  }

  private static void compare(JsonObject expected, LabelDrift drift) {
    close(drift.chiSquared(), expected, "chi", within(1e-8));
    close(drift.g(), expected, "g", within(1e-8));
    assertThat(drift.degreesOfFreedom()).isEqualTo(expected.get("dof").getAsInt());
    close(drift.chiSquaredP(), expected, "chi_p", within(1e-10));
    close(drift.gP(), expected, "g_p", within(1e-10));
    close(drift.smallestExpected(), expected, "expected", within(1e-9));
    close(drift.populationStability(), expected, "psi", within(1e-12));
    // The square root of a rounding error is 1e-8.
    close(drift.jensenShannon(), expected, "js", within(2e-8));
    close(drift.cramersV(), expected, "v", within(1e-12));
  }

  private static void close(
      double actual, JsonObject expected, String field, Offset<Double> tolerance) {
    assertThat(actual).as(field).isCloseTo(expected.get(field).getAsDouble(), tolerance);
  }

  private static List<JsonObject> cases(String field) throws IOException {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(AgreementTest.class.getResourceAsStream("checks.json")),
            StandardCharsets.UTF_8)) {
      return elements(JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray(field))
          .stream()
          .map(JsonElement::getAsJsonObject)
          .toList();
    }
  }

  private static int[] ints(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  private static double[] doubles(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  private static List<JsonElement> elements(JsonArray array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
