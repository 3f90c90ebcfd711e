package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.PowerPoint;
import java.util.List;
import java.util.stream.Collectors;

/** The power curve of every check, one a strip, over one logarithmic axis of budgets. */
final class PowerChart {
  private static final double LEAST_GAP = 4;

  private final List<DetectionPower> checks;
  private final double wantedPower;
  private final List<Integer> budgets;

  PowerChart(List<DetectionPower> checks, double wantedPower) {
    this.checks = checks;
    this.wantedPower = wantedPower;
    this.budgets = budgets(checks);
  }

  private static List<Integer> budgets(List<DetectionPower> checks) {
    return checks.stream()
        .flatMap(check -> check.getCurveList().stream())
        .map(PowerPoint::getFlipCount)
        .distinct()
        .sorted()
        .toList();
  }

  Element render() {
    Element chart = el("div").with("class", "intervals forest");
    checks.forEach(check -> chart.add(row(check)));
    return chart.add(axis());
  }

  private Element row(DetectionPower check) {
    Element name = el("div").with("class", "name").add(el("strong", check.getCheck()));
    Element figure = el("div").with("class", "figure").add(el("strong", PowerWords.caught(check)));
    return el("div").with("class", "interval").add(name, figure, drawing(check));
  }

  private Element drawing(DetectionPower check) {
    Element svg = Svg.image("strip", alternative(check));
    svg.add(Svg.line("grid", 0, 0, 100, 0), Svg.line("zero", 0, 100, 100, 100));
    svg.add(Svg.line("harm", 0, y(wantedPower), 100, y(wantedPower)));
    for (PowerPoint point : check.getCurveList()) {
      double x = x(point.getFlipCount());
      svg.add(Svg.line("whisker", x, y(point.getLow()), x, y(point.getHigh())));
    }
    svg.add(
        el("svg")
            .with("viewBox", "0 0 100 100")
            .with("preserveAspectRatio", "none")
            .add(el("polyline").with("class", "fit").with("points", points(check))));
    for (PowerPoint point : check.getCurveList()) {
      boolean smallest =
          check.hasSmallestCaught() && check.getSmallestCaught() == point.getFlipCount();
      svg.add(
          Svg.dot(
              smallest ? "seed" : "centre",
              x(point.getFlipCount()),
              y(point.getPower()),
              smallest ? 5 : 2.5,
              PowerWords.point(point)));
    }
    return svg;
  }

  private String points(DetectionPower check) {
    return check.getCurveList().stream()
        .map(
            point ->
                Figures.plain(x(point.getFlipCount())) + "," + Figures.plain(y(point.getPower())))
        .collect(Collectors.joining(" "));
  }

  private String alternative(DetectionPower check) {
    return "%s: %s. %s"
        .formatted(
            check.getCheck(),
            PowerWords.caught(check),
            check.getCurveList().stream().map(PowerWords::point).collect(Collectors.joining("; ")));
  }

  private Element axis() {
    Element svg = el("svg").with("class", "strip").with("focusable", "false");
    double last = Double.NEGATIVE_INFINITY;
    for (int budget : budgets) {
      if (x(budget) - last >= LEAST_GAP) {
        last = x(budget);
        svg.add(Svg.text("tick middle", last, 0, 0, 14, Integer.toString(budget)));
      }
    }
    return el("div")
        .with("class", "interval axis")
        .with("aria-hidden", "true")
        .add(el("div", "flipped labels"), svg);
  }

  private double x(int budget) {
    double least = Math.log(Math.max(1, budgets.get(0)));
    double most = Math.log(Math.max(1, budgets.get(budgets.size() - 1)));
    return most > least ? 100 * (Math.log(Math.max(1, budget)) - least) / (most - least) : 50;
  }

  private static double y(double power) {
    return 100 * (1 - power);
  }
}
