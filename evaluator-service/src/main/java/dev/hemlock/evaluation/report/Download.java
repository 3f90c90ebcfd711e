package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Links that hold a whole file, so that they work from a page without network or scripts. */
final class Download {
  private Download() {}

  static Element csv(String name, String content) {
    return link("CSV", name + ".csv", "text/csv", content);
  }

  static Element json(String name, String content) {
    return link("JSON", name + ".json", "application/json", content);
  }

  private static Element link(String label, String file, String type, String content) {
    String base64 = Base64.getEncoder().encodeToString(content.getBytes(UTF_8));
    return el("a", label)
        .with("download", file)
        .with("href", "data:" + type + ";charset=utf-8;base64," + base64)
        .with("aria-label", label + ": " + file);
  }
}
