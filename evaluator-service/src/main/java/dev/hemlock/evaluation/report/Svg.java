package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

/**
 * SVG pieces placed in percent of a drawing without a view box, so that text and dots keep their
 * size whatever the width.
 */
final class Svg {
  private Svg() {}

  /** A drawing that assistive technology announces as {@code alternative}. */
  static Element image(String cssClass, String alternative) {
    return el("svg").with("class", cssClass).with("role", "img").with("aria-label", alternative);
  }

  static Element line(String cssClass, double x1, double y1, double x2, double y2) {
    return el("line")
        .with("class", cssClass)
        .with("x1", percent(x1))
        .with("y1", percent(y1))
        .with("x2", percent(x2))
        .with("y2", percent(y2));
  }

  static Element dot(String cssClass, double x, double y, double radius, String title) {
    return el("circle")
        .with("class", cssClass)
        .with("cx", percent(x))
        .with("cy", percent(y))
        .with("r", radius)
        .add(el("title", title));
  }

  static Element diamond(String cssClass, double x, double y, String title) {
    return el("svg")
        .with("x", percent(x))
        .with("y", percent(y))
        .add(
            el("path")
                .with("class", cssClass)
                .with("d", "M0 -7 7 0 0 7 -7 0Z")
                .add(el("title", title)));
  }

  /** Text at a place in percent, moved by {@code dx} and {@code dy} pixels. */
  static Element text(String cssClass, double x, double y, double dx, double dy, String text) {
    return el("text")
        .with("class", cssClass)
        .with("x", percent(x))
        .with("y", percent(y))
        .with("dx", dx)
        .with("dy", dy)
        .text(text);
  }

  private static String percent(double place) {
    return Figures.plain(place) + "%";
  }
}
