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
public final class Fixture {
  private Fixture() {}

  public static JsonObject read(String name) throws IOException {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(Fixture.class.getResourceAsStream(name)),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  public static List<JsonObject> cases(String name) throws IOException {
    return cases(name, "cases");
  }

  public static List<JsonObject> cases(String name, String field) throws IOException {
    return elements(read(name).getAsJsonArray(field)).stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  public static int[] ints(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  public static double[] doubles(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  public static List<double[]> doubleRows(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .map(row -> elements(row.getAsJsonArray()).stream())
        .map(row -> row.mapToDouble(JsonElement::getAsDouble).toArray())
        .toList();
  }

  public static float[] floats(JsonObject object, String field) {
    double[] wide = doubles(object, field);
    float[] values = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  public static List<List<Integer>> rows(JsonObject object, String field) {
    return elements(object.getAsJsonArray(field)).stream()
        .map(row -> elements(row.getAsJsonArray()).stream().map(JsonElement::getAsInt).toList())
        .toList();
  }

  private static List<JsonElement> elements(JsonArray array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
