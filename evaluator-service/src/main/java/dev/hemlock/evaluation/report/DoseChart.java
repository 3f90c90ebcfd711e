package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** The other effects against flipped share, one small panel each, all on the same axes. */
final class DoseChart {
  private static final Set<Metric> METRICS =
      EnumSet.complementOf(EnumSet.of(Metric.EXCESS_ATTACK_SUCCESS_RATE));

  private final List<Dose> doses;
  private final Scale ratios;
  private final Scale effects;

  DoseChart(List<Dose> doses) {
    this.doses = doses;
    this.ratios =
        Scale.covering(
            DoubleStream.concat(DoubleStream.of(0), doses.stream().mapToDouble(Dose::share)));
    this.effects = IntervalChart.scale(doses);
  }

  Element render() {
    Element panels = el("div").with("class", "panels");
    for (Metric metric : METRICS) {
      panels.add(
          el("figure")
              .with("class", "panel")
              .add(el("figcaption").add(el("strong", metric.label())), drawing(metric)));
    }
    return panels;
  }

  private Element drawing(Metric metric) {
    Element svg = Svg.image("plot", alternative(metric));
    for (double tick : effects.ticks()) {
      double y = y(tick);
      svg.add(Svg.line(Math.abs(tick) < 1e-9 ? "zero" : "grid", 0, y, 100, y));
      svg.add(Svg.text("tick end", 0, y, -8, 4, IntervalChart.tick(tick)));
    }
    for (double tick : ratios.ticks()) {
      svg.add(Svg.text("tick middle", ratios.place(tick), 100, 0, 18, Figures.plain(tick * 100)));
    }
    svg.add(Svg.text("tick middle", 50, 100, 0, 36, "% flipped"));
    for (int i = 1; i < doses.size(); i++) {
      svg.add(Svg.line("path", x(i - 1), meanY(metric, i - 1), x(i), meanY(metric, i)));
    }
    for (int i = 0; i < doses.size(); i++) {
      draw(svg, metric, i);
    }
    return svg;
  }

  private void draw(Element svg, Metric metric, int i) {
    Dose dose = doses.get(i);
    Estimate estimate = metric.of(dose.summary());
    if (dose.hasInterval()) {
      svg.add(Svg.line("band", x(i), y(estimate.getLow()), x(i), y(estimate.getHigh())));
    }
    for (Pair pair : dose.pairs()) {
      double value = metric.of(pair.getEffect());
      String title =
          dose.percent()
              + " flipped, seed "
              + Integer.toUnsignedString(pair.getSeed())
              + ": "
              + Figures.points(value)
              + " pp";
      svg.add(Svg.dot("seed", x(i), y(value), 3, title));
    }
    String title = dose.percent() + " flipped, mean: " + cited(metric, dose);
    svg.add(Svg.dot("centre", x(i), y(estimate.getEstimate()), 5, title));
  }

  private String alternative(Metric metric) {
    return metric.label()
        + " by flipped share. "
        + doses.stream()
            .map(dose -> dose.percent() + ": " + cited(metric, dose))
            .collect(Collectors.joining("; "))
        + ".";
  }

  private static String cited(Metric metric, Dose dose) {
    return Figures.cited(metric.of(dose.summary()), dose.hasInterval());
  }

  private double x(int i) {
    return ratios.place(doses.get(i).share());
  }

  private double y(double effect) {
    return 100 - effects.place(effect);
  }

  private double meanY(Metric metric, int i) {
    return y(metric.of(doses.get(i).summary()).getEstimate());
  }
}
