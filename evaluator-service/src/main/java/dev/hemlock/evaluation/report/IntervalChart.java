package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The four effects of one dose on one axis: mean, interval, and a dot for each pair. */
final class IntervalChart {
  private static final double MIDDLE = 50;

  private final Dose dose;
  private final ExperimentSpec spec;
  private final Scale scale;

  IntervalChart(Dose dose, ExperimentSpec spec) {
    this.dose = dose;
    this.spec = spec;
    this.scale = scale(List.of(dose));
  }

  /** An axis for every effect of the doses, 0 included, within −1 to 1. */
  static Scale scale(List<Dose> doses) {
    DoubleStream values =
        doses.stream()
            .flatMapToDouble(
                dose -> Stream.of(Metric.values()).flatMapToDouble(metric -> values(dose, metric)));
    return Scale.covering(
        DoubleStream.concat(DoubleStream.of(0), values).map(v -> Math.max(-1, Math.min(1, v))));
  }

  Element render() {
    Element chart = el("div").with("class", "intervals");
    for (Metric metric : Metric.values()) {
      chart.add(row(metric));
    }
    return chart.add(axis(scale));
  }

  private static DoubleStream values(Dose dose, Metric metric) {
    Estimate estimate = metric.of(dose.summary());
    DoubleStream seeds = dose.pairs().stream().mapToDouble(pair -> metric.of(pair.getEffect()));
    DoubleStream mean =
        dose.hasInterval()
            ? DoubleStream.of(estimate.getLow(), estimate.getHigh())
            : DoubleStream.of(estimate.getEstimate());
    return DoubleStream.concat(seeds, mean);
  }

  private Element row(Metric metric) {
    Estimate estimate = metric.of(dose.summary());
    boolean hasInterval = dose.hasInterval();
    Element figure =
        el("div").with("class", "figure").add(el("strong", Figures.points(estimate.getEstimate())));
    figure.add(el("span", hasInterval ? Figures.interval(estimate) : "one seed, no interval"));
    return el("div")
        .with("class", "interval")
        .add(
            el("div")
                .with("class", "name")
                .add(el("strong", metric.label()), el("span", metric.meaning(spec))),
            figure,
            drawing(metric, estimate, hasInterval));
  }

  private Element drawing(Metric metric, Estimate estimate, boolean hasInterval) {
    Element svg = Svg.image("strip", alternative(metric));
    for (double tick : scale.ticks()) {
      double x = scale.place(tick);
      svg.add(Svg.line(Math.abs(tick) < 1e-9 ? "zero" : "grid", x, 0, x, 100));
    }
    if (hasInterval) {
      double low = scale.place(estimate.getLow());
      double high = scale.place(estimate.getHigh());
      svg.add(Svg.line("band", low, MIDDLE, high, MIDDLE));
    }
    for (Pair pair : dose.pairs()) {
      double value = metric.of(pair.getEffect());
      String title = "seed " + seed(pair) + ": " + Figures.points(value) + " pp";
      svg.add(Svg.dot("seed", scale.place(value), MIDDLE, 4, title));
    }
    double mean = scale.place(estimate.getEstimate());
    return svg.add(Svg.line("mean", mean, 18, mean, 82));
  }

  private String alternative(Metric metric) {
    String seeds =
        dose.pairs().stream()
            .map(pair -> seed(pair) + ": " + Figures.points(metric.of(pair.getEffect())))
            .collect(Collectors.joining(", "));
    String cited = Figures.cited(metric.of(dose.summary()), dose.hasInterval());
    return metric.label() + " " + cited + ". By seed: " + seeds + ".";
  }

  /** The last row of a chart: what the strips above measure. */
  static Element axis(Scale scale) {
    Element svg = el("svg").with("class", "strip").with("focusable", "false");
    for (double tick : scale.ticks()) {
      svg.add(Svg.text("tick middle", scale.place(tick), 0, 0, 14, tick(tick)));
    }
    return el("div")
        .with("class", "interval axis")
        .with("aria-hidden", "true")
        .add(el("div", "percentage points"), svg);
  }

  static String tick(double value) {
    String plain = Figures.plain(Math.abs(value) * 100);
    return plain.equals("0") ? plain : (value < 0 ? "−" : "+") + plain;
  }

  private static String seed(Pair pair) {
    return Integer.toUnsignedString(pair.getSeed());
  }
}
