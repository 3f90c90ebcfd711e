package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.CollateralEstimate;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/** The recall drops of the classes that were not attacked on one axis, the largest first. */
final class ForestChart {
  private static final int ROWS = 20;
  private static final double MIDDLE = 50;

  private final boolean hasIntervals;
  private final int classes;
  private final List<CollateralEstimate> shown;
  private final Scale scale;

  ForestChart(Dose dose) {
    Summary summary = dose.summary();
    this.hasIntervals = dose.hasInterval();
    this.classes = summary.getCollateralCount();
    this.shown =
        summary.getCollateralList().stream()
            .sorted(
                Comparator.comparingDouble(
                    (CollateralEstimate c) -> -c.getRecallDrop().getEstimate()))
            .limit(ROWS)
            .toList();
    this.scale =
        Scale.covering(
            DoubleStream.concat(
                DoubleStream.of(0),
                shown.stream().flatMapToDouble(c -> values(c.getRecallDrop()))));
  }

  Element render() {
    Element chart = el("div").with("class", "intervals forest");
    shown.forEach(collateral -> chart.add(row(collateral)));
    return el("div").add(chart.add(IntervalChart.axis(scale)), el("p", key()).with("class", "key"));
  }

  private String key() {
    String which =
        classes > ROWS
            ? "Mean recall drop of the %d hardest hit of the %d other classes."
                .formatted(ROWS, classes)
            : "Mean recall drop of every class other than source and target, largest first.";
    return hasIntervals
        ? which
            + " Bars: 95 % t intervals that hold for all these classes at once (Bonferroni). p: paired"
            + " t test, adjusted for the number of classes (Holm); below 0.05 a drop or a gain is"
            + " shown."
        : which;
  }

  private DoubleStream values(Estimate drop) {
    return hasIntervals
        ? DoubleStream.of(drop.getLow(), drop.getHigh())
        : DoubleStream.of(drop.getEstimate());
  }

  private Element row(CollateralEstimate collateral) {
    Estimate drop = collateral.getRecallDrop();
    Element name = el("div").with("class", "name").add(el("strong", collateral.getClassName()));
    Element figure =
        el("div").with("class", "figure").add(el("strong", Figures.points(drop.getEstimate())));
    if (hasIntervals) {
      name.add(el("span", PValue.print(collateral.getAdjustedPValue())));
      figure.add(el("span", Figures.interval(drop)));
    }
    return el("div").with("class", "interval").add(name, figure, drawing(collateral));
  }

  private Element drawing(CollateralEstimate collateral) {
    Estimate drop = collateral.getRecallDrop();
    Element svg = Svg.image("strip", alternative(collateral));
    for (double tick : scale.ticks()) {
      double x = scale.place(tick);
      svg.add(Svg.line(Math.abs(tick) < 1e-9 ? "zero" : "grid", x, 0, x, 100));
    }
    if (hasIntervals) {
      svg.add(
          Svg.line(
              "band", scale.place(drop.getLow()), MIDDLE, scale.place(drop.getHigh()), MIDDLE));
    }
    double mean = scale.place(drop.getEstimate());
    return svg.add(Svg.line("mean", mean, 18, mean, 82));
  }

  private String alternative(CollateralEstimate collateral) {
    String cited =
        "%s: recall drop %s"
            .formatted(
                collateral.getClassName(), Figures.cited(collateral.getRecallDrop(), hasIntervals));
    return hasIntervals
        ? cited + ", Holm-adjusted " + PValue.print(collateral.getAdjustedPValue())
        : cited;
  }
}
