package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import java.util.List;

/** Pieces of data tables: captions, header cells with a scope, and a frame that scrolls sideways. */
final class Tables {
  private Tables() {}

  /** A region that scrolls by keyboard too when its table is wider or longer than the screen. */
  static Element scrolling(String label, Element table) {
    return el("div")
        .with("class", "scroll")
        .with("role", "region")
        .with("aria-label", label)
        .with("tabindex", "0")
        .add(table);
  }

  static Element header(List<String> columns) {
    Element row = el("tr");
    columns.forEach(column -> row.add(columnHeader(column)));
    return el("thead").add(row);
  }

  static Element columnHeader(String text) {
    return el("th", text).with("scope", "col");
  }

  static Element groupHeader(String text, int columns) {
    return el("th", text).with("scope", "colgroup").with("colspan", columns);
  }

  static Element rowHeader(String text) {
    return el("th", text).with("scope", "row");
  }
}
