package dev.hemlock.evaluation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** Figures recorded by {@code fixtures.py}. */
final class Fixture {
  private Fixture() {}

  static JsonObject read(String name) throws IOException {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(Fixture.class.getResourceAsStream(name)),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  static List<JsonObject> cases(String name) throws IOException {
    return elements(read(name).getAsJsonArray("cases")).stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  static int[] ints(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  static double[] doubles(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  static float[] floats(JsonObject object, String field) {
    double[] wide = doubles(object, field);
    float[] values = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  static List<List<Integer>> rows(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .map(row -> elements(row.getAsJsonArray()).stream().map(JsonElement::getAsInt).toList())
        .toList();
  }

  private static List<JsonElement> elements(JsonArray array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
