package dev.hemlock.faults;

import com.google.gson.GsonBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The rows for people, as a Markdown table, and for programs. */
final class Table {
  static final String HEAD =
      "| Fault | Injected | Runs accepted | Lost | Doubled | Wrong | Recovery, median / longest |"
          + " Heap | Threads |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|";

  private Table() {}

  static String line(Row row) {
    return String.format(
        Locale.ROOT,
        "| %s%s | %d | %d | %d | %d | %d | %.1f s / %.1f s | %d MB | %d |",
        row.fault(),
        row.note().isEmpty() ? "" : " (not injected: " + row.note() + ")",
        row.injected(),
        row.accepted(),
        row.lost(),
        row.doubled(),
        row.wrong(),
        row.medianSeconds(),
        row.longestSeconds(),
        row.heapMegabytes(),
        row.threads());
  }

  static String json(long seed, List<Row> rows) {
    return new GsonBuilder()
        .setPrettyPrinting()
        .create()
        .toJson(Map.of("seed", seed, "faults", rows.stream().map(Table::fields).toList()));
  }

  private static Map<String, Object> fields(Row row) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("fault", row.fault());
    fields.put("injected", row.injected());
    fields.put("accepted", row.accepted());
    fields.put("lost", row.lost());
    fields.put("doubled", row.doubled());
    fields.put("wrong", row.wrong());
    fields.put("medianSeconds", row.medianSeconds());
    fields.put("longestSeconds", row.longestSeconds());
    fields.put("heapMegabytes", row.heapMegabytes());
    fields.put("threads", row.threads());
    fields.put("note", row.note());
    fields.put("remarks", row.remarks());
    fields.put("complaints", row.complaints());
    return fields;
  }
}
