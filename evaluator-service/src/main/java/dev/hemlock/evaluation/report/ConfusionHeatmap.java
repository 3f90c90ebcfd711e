package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import java.util.List;

/**
 * A confusion matrix, or the difference of two, as an SVG drawing. Colour strength is the square
 * root of the share in its row, so that rare confusions stay visible next to the diagonal; the scale
 * is the same in every report. Exact counts are in each cell's title. Up to {@value #NUMBERED}
 * classes carry numbers and names; of more, only the source and target class are named.
 */
final class ConfusionHeatmap {
  private static final int NUMBERED = 12;
  private static final int NAMED = 30;
  private static final double WIDTH = 400;
  private static final int NAME_LENGTH = 12;
  private static final int SHORT = 2;

  private final List<String> classes;
  private final int source;
  private final int target;
  private final double margin;
  private final double side;
  private final double cell;

  ConfusionHeatmap(List<String> classes, int source, int target) {
    this.classes = classes;
    this.source = source;
    this.target = target;
    this.margin = longest() <= SHORT ? 40 : 84;
    this.side = WIDTH - margin - 4;
    this.cell = side / Math.max(1, classes.size());
  }

  /** How a cell is drawn and what it says. */
  private record Cell(double value, String number, String title) {}

  @FunctionalInterface
  private interface Cells {
    Cell at(int truth, int predicted);
  }

  Element render(String name, Confusion matrix) {
    String alternative =
        name
            + ". Of true "
            + classes.get(source)
            + ", "
            + Figures.percent(matrix.share(source, source))
            + " were recognised and "
            + Figures.percent(matrix.share(source, target))
            + " read as "
            + classes.get(target)
            + ".";
    return draw(
        alternative,
        (t, p) ->
            new Cell(
                matrix.share(t, p),
                Figures.cell(matrix.share(t, p)),
                "true %s → predicted %s: %d of %d (%s)"
                    .formatted(
                        classes.get(t),
                        classes.get(p),
                        matrix.count(t, p),
                        matrix.support(t),
                        Figures.percent(matrix.share(t, p)))),
        "share");
  }

  Element renderDifference(Confusion clean, Confusion poisoned) {
    String alternative =
        "Difference, poisoned minus clean. Of true %s: read as %s %s points, recognised %s points."
            .formatted(
                classes.get(source),
                classes.get(target),
                Figures.points(difference(clean, poisoned, source, target)),
                Figures.points(difference(clean, poisoned, source, source)));
    return draw(
        alternative,
        (t, p) ->
            new Cell(
                difference(clean, poisoned, t, p),
                Figures.cellDifference(difference(clean, poisoned, t, p)),
                "true %s → predicted %s: %s pp, %d clean, %d poisoned"
                    .formatted(
                        classes.get(t),
                        classes.get(p),
                        Figures.points(difference(clean, poisoned, t, p)),
                        clean.count(t, p),
                        poisoned.count(t, p))),
        "more");
  }

  private static double difference(Confusion clean, Confusion poisoned, int truth, int predicted) {
    return poisoned.share(truth, predicted) - clean.share(truth, predicted);
  }

  private Element draw(String alternative, Cells cells, String positive) {
    Element svg =
        Svg.image(isNamed() ? "matrix" : "matrix fine", alternative)
            .with("viewBox", "0 0 %s %s".formatted(Figures.plain(WIDTH), Figures.plain(WIDTH)));
    svg.add(rect("paper", margin, margin, side, side));
    Element numbers = el("g").with("class", "numbers").with("font-size", numberSize());
    for (int t = 0; t < classes.size(); t++) {
      for (int p = 0; p < classes.size(); p++) {
        Cell content = cells.at(t, p);
        if (content.value() != 0) {
          svg.add(square(content, t, p, content.value() > 0 ? positive : "less"));
          if (classes.size() <= NUMBERED) {
            numbers.add(number(content, t, p));
          }
        }
      }
    }
    if (isNamed()) {
      svg.add(gridLines());
    }
    return svg.add(numbers, marks(), labels());
  }

  private Element square(Cell content, int truth, int predicted, String colour) {
    return rect(colour, at(predicted), at(truth), cell, cell)
        .with("fill-opacity", Figures.plain(strength(content.value())))
        .add(el("title", content.title()));
  }

  private Element number(Cell content, int truth, int predicted) {
    return el("text")
        .with("class", ink(strength(content.value())))
        .with("x", at(predicted) + cell / 2)
        .with("y", at(truth) + cell / 2)
        .with("dy", "0.35em")
        .text(content.number());
  }

  /** From which strength on a number turns to the other ink, in the dark and in the light theme. */
  static String ink(double strength) {
    return strength <= 0.54 ? "weak" : strength <= 0.75 ? "medium" : "strong";
  }

  static double strength(double share) {
    return Math.sqrt(Math.min(1, Math.abs(share)));
  }

  private double numberSize() {
    return Math.min(14, cell * 0.4);
  }

  private Element gridLines() {
    Element lines = el("g").with("class", "lines");
    for (int i = 1; i < classes.size(); i++) {
      lines.add(segment(at(i), margin, at(i), margin + side));
      lines.add(segment(margin, at(i), margin + side, at(i)));
    }
    return lines;
  }

  private Element marks() {
    return el("g")
        .with("class", "marks")
        .add(
            rect("frame", margin, margin, side, side),
            around("mark", margin, at(source), side, cell),
            around("mark", at(target), margin, cell, side),
            around("cross", at(target), at(source), cell, cell));
  }

  /** An outline that leaves small cells uncovered. */
  private Element around(String cssClass, double x, double y, double width, double height) {
    double gap = isNamed() ? 0 : cell;
    return rect(cssClass, x - gap, y - gap, width + 2 * gap, height + 2 * gap);
  }

  private boolean isNamed() {
    return classes.size() <= NAMED;
  }

  private Element labels() {
    Element labels =
        el("g")
            .with("class", "labels")
            .with("font-size", isNamed() ? Math.min(13, cell * 0.8) : 10);
    for (int i = 0; i < classes.size(); i++) {
      if (isNamed() || i == source) {
        labels.add(label(i, i == source, margin - 6, at(i) + cell / 2, "end", 0));
      }
      if (isNamed() || i == target) {
        labels.add(label(i, i == target, at(i) + cell / 2, margin - 6, "start", rotation()));
      }
    }
    return labels.add(caption("true ↓", 0, margin - 6), caption("predicted →", margin - 6, 12));
  }

  private Element label(int index, boolean marked, double x, double y, String anchor, int angle) {
    String name = classes.get(index);
    Element text =
        el("text")
            .with("class", marked ? "marked" : "name")
            .with("x", x)
            .with("y", y)
            .with("dy", "0.35em")
            .with("text-anchor", angle == 0 && !anchor.equals("end") ? "middle" : anchor);
    if (angle != 0) {
      text.with(
          "transform", "rotate(%d %s %s)".formatted(angle, Figures.plain(x), Figures.plain(y)));
    }
    return text.text(shortened(name)).add(el("title", name));
  }

  private int rotation() {
    return longest() <= SHORT && cell >= 16 ? 0 : -60;
  }

  private int longest() {
    return classes.stream().mapToInt(ConfusionHeatmap::length).max().orElse(0);
  }

  /** Keeps both ends, since class names often differ only in the last characters. */
  private static String shortened(String name) {
    int length = length(name);
    return length <= NAME_LENGTH
        ? name
        : name.substring(0, name.offsetByCodePoints(0, 6))
            + "…"
            + name.substring(name.offsetByCodePoints(0, length - 4));
  }

  private static int length(String name) {
    return name.codePointCount(0, name.length());
  }

  private static Element caption(String text, double x, double y) {
    return el("text").with("class", "caption").with("x", x).with("y", y).text(text);
  }

  private double at(int index) {
    return margin + index * cell;
  }

  private static Element rect(String cssClass, double x, double y, double width, double height) {
    return el("rect")
        .with("class", cssClass)
        .with("x", x)
        .with("y", y)
        .with("width", width)
        .with("height", height);
  }

  private static Element segment(double x1, double y1, double x2, double y2) {
    return el("line").with("x1", x1).with("y1", y1).with("x2", x2).with("y2", y2);
  }
}
