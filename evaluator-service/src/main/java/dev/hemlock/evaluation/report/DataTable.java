package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The figures behind a drawing, to be taken away, to nine significant digits. As CSV after RFC 4180
 * an absent figure is an empty field; as JSON, a list of objects, it is null.
 */
final class DataTable {
  private static final MathContext DIGITS = new MathContext(9);

  private final String name;
  private final List<String> columns;
  private final List<List<JsonElement>> rows = new ArrayList<>();

  /** A table whose files are called {@code name}. */
  DataTable(String name, String... columns) {
    this.name = name.replaceAll("[^A-Za-z0-9+._-]+", "-");
    this.columns = List.of(columns);
  }

  /** Adds a string, an integer or a double a column; a double that isn't finite is absent. */
  DataTable row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns);
    }
    rows.add(Stream.of(cells).map(DataTable::element).toList());
    return this;
  }

  String csv() {
    Stream<String> header = Stream.of(String.join(",", columns));
    return Stream.concat(header, rows.stream().map(DataTable::line))
        .collect(Collectors.joining("\r\n", "", "\r\n"));
  }

  String json() {
    JsonArray list = new JsonArray();
    for (List<JsonElement> row : rows) {
      JsonObject object = new JsonObject();
      for (int i = 0; i < columns.size(); i++) {
        object.add(columns.get(i), row.get(i));
      }
      list.add(object);
    }
    return list.toString();
  }

  /** Links to both files. */
  Element links() {
    return el("p")
        .with("class", "data")
        .text("Data: ")
        .add(Download.csv(name, csv()))
        .text(" ")
        .add(Download.json(name, json()));
  }

  private static JsonElement element(Object cell) {
    if (cell instanceof Double number) {
      return Double.isFinite(number) ? rounded(number) : JsonNull.INSTANCE;
    }
    return cell instanceof Number number
        ? new JsonPrimitive(number)
        : new JsonPrimitive((String) cell);
  }

  private static JsonPrimitive rounded(double number) {
    BigDecimal rounded = new BigDecimal(number, DIGITS).stripTrailingZeros();
    return new JsonPrimitive(rounded.scale() < 0 ? rounded.setScale(0) : rounded);
  }

  private static String line(List<JsonElement> row) {
    return row.stream().map(DataTable::field).collect(Collectors.joining(","));
  }

  private static String field(JsonElement cell) {
    String text = cell.isJsonNull() ? "" : cell.getAsString();
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
