package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.BreakEven;
import dev.hemlock.proto.evaluation.v1.DosePoint;
import dev.hemlock.proto.evaluation.v1.DoseResponse;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Excess attack success against budget, one panel an arm on the same axes: seeds, means with their
 * own and with simultaneous intervals, the monotone fit, and where it reaches the harmful excess.
 */
final class ResponseChart {
  private static final Metric EXCESS = Metric.EXCESS_ATTACK_SUCCESS_RATE;

  /** What the drawings' parts mean. */
  static final String KEY =
      "Rings: means over seeds, in pp. Dots beside them: pairs of a clean and a poisoned model. Wide"
          + " bars: 95 % t intervals, each by itself. Thin bars: intervals that hold for all budgets"
          + " of a panel at once with 95 % confidence. Line: the monotone fit. Dashed: the excess that"
          + " counts as harm; on it the break-even budget as a diamond and its 95 % interval as a bar.";

  private final List<ArmDoses> arms;
  private final Scale shares;
  private final Scale effects;

  ResponseChart(List<ArmDoses> arms) {
    this.arms = arms;
    this.shares =
        Scale.covering(DoubleStream.concat(DoubleStream.of(0), doses().mapToDouble(Dose::share)));
    this.effects =
        Scale.covering(
            DoubleStream.concat(
                arms.stream().mapToDouble(arm -> arm.arm().getDoseResponse().getHarmfulExcess()),
                doses()
                    .flatMapToDouble(ResponseChart::values)
                    .map(v -> Math.max(-1, Math.min(1, v)))));
  }

  Element render() {
    Element panels = el("div").with("class", "panels large");
    for (ArmDoses arm : arms) {
      Element caption = el("figcaption").add(el("strong", "Excess attack success"));
      if (!arm.name().isEmpty()) {
        caption.text(", " + arm.name());
      }
      panels.add(el("figure").with("class", "panel").add(caption, drawing(arm)));
    }
    return panels;
  }

  private Stream<Dose> doses() {
    return arms.stream().flatMap(arm -> arm.doses().stream());
  }

  private static DoubleStream values(Dose dose) {
    Estimate mean = EXCESS.of(dose.summary());
    DoubleStream ends =
        dose.hasInterval() ? DoubleStream.of(mean.getLow(), mean.getHigh()) : DoubleStream.empty();
    DoubleStream band =
        dose.point()
            .filter(DosePoint::hasSimultaneous)
            .map(p -> DoubleStream.of(p.getSimultaneous().getLow(), p.getSimultaneous().getHigh()))
            .orElse(DoubleStream.empty());
    DoubleStream pairs = dose.pairs().stream().mapToDouble(pair -> EXCESS.of(pair.getEffect()));
    return Stream.of(DoubleStream.of(0, mean.getEstimate()), ends, band, pairs)
        .flatMapToDouble(values -> values);
  }

  private Element drawing(ArmDoses arm) {
    Element svg = Svg.image("plot response", alternative(arm));
    for (double tick : effects.ticks()) {
      svg.add(Svg.line(Math.abs(tick) < 1e-9 ? "zero" : "grid", 0, y(tick), 100, y(tick)));
      svg.add(Svg.text("tick end", 0, y(tick), -8, 4, IntervalChart.tick(tick)));
    }
    for (double tick : shares.ticks()) {
      svg.add(Svg.text("tick middle", shares.place(tick), 100, 0, 18, Figures.plain(tick * 100)));
    }
    svg.add(Svg.text("tick middle", 50, 100, 0, 36, "% of the classes attacked flipped"));
    svg.add(fit(arm));
    arm.doses().forEach(dose -> draw(svg, dose));
    return harm(svg, arm.arm().getDoseResponse());
  }

  private Element fit(ArmDoses arm) {
    String points =
        arm.doses().stream()
            .filter(dose -> dose.point().isPresent() && dose.share() > 0)
            .map(dose -> place(x(dose), y(dose.point().get().getMonotone())))
            .collect(Collectors.joining(" "));
    Element stretched =
        el("svg").with("viewBox", "0 0 100 100").with("preserveAspectRatio", "none");
    return points.isEmpty()
        ? stretched
        : stretched.add(
            el("polyline")
                .with("class", "fit")
                .with("points", place(shares.place(0), y(0)) + " " + points));
  }

  private void draw(Element svg, Dose dose) {
    Estimate mean = EXCESS.of(dose.summary());
    double x = x(dose);
    dose.point()
        .filter(DosePoint::hasSimultaneous)
        .map(DosePoint::getSimultaneous)
        .ifPresent(band -> svg.add(Svg.line("whisker", x, y(band.getLow()), x, y(band.getHigh()))));
    if (dose.hasInterval()) {
      svg.add(Svg.line("band", x, y(mean.getLow()), x, y(mean.getHigh())));
    }
    Element pairs = el("g").with("transform", "translate(9 0)");
    for (Pair pair : dose.pairs()) {
      double value = EXCESS.of(pair.getEffect());
      String title =
          "%s, seed %s, poison seed %s: %s pp"
              .formatted(
                  dose.budget(),
                  Integer.toUnsignedString(pair.getSeed()),
                  Integer.toUnsignedString(pair.getPoisonSeed()),
                  Figures.points(value));
      pairs.add(Svg.dot("seed", x, y(value), 3, title));
    }
    svg.add(pairs);
    String title = dose.budget() + ", mean: " + cited(dose);
    svg.add(Svg.dot("centre", x, y(mean.getEstimate()), 5, title));
  }

  private Element harm(Element svg, DoseResponse response) {
    if (response.getPointsCount() == 0) {
      return svg;
    }
    double y = y(response.getHarmfulExcess());
    svg.add(Svg.line("harm", 0, y, 100, y));
    svg.add(Svg.text("tick end", 100, y, 0, -6, "harm"));
    BreakEven breakEven = response.getBreakEven();
    boolean bounded = breakEven.getLow().hasFlipped() || breakEven.getHigh().hasFlipped();
    if (bounded) {
      double low = shares.place(breakEven.getLow().getFlipped().getClassShare());
      double high =
          breakEven.getHigh().hasFlipped()
              ? shares.place(breakEven.getHigh().getFlipped().getClassShare())
              : 100;
      svg.add(Svg.line("reach", low, y, high, y));
    }
    if (breakEven.getEstimate().hasFlipped()) {
      String title =
          "Break-even: %s; 95 %% interval: %s"
              .formatted(BreakEvenWords.estimate(breakEven), BreakEvenWords.interval(breakEven));
      double x = shares.place(breakEven.getEstimate().getFlipped().getClassShare());
      svg.add(Svg.diamond("diamond", x, y, title));
    }
    return svg;
  }

  private String alternative(ArmDoses arm) {
    String points =
        arm.doses().stream()
            .map(dose -> dose.percent() + ": " + cited(dose))
            .collect(Collectors.joining("; "));
    String name = arm.name().isEmpty() ? "" : " of " + arm.name();
    DoseResponse response = arm.arm().getDoseResponse();
    return "Excess attack success%s by flipped share. %s.".formatted(name, points)
        + (response.getPointsCount() == 0
            ? ""
            : " Break-even at %s pp: %s; 95 %% interval: %s."
                .formatted(
                    Figures.points(response.getHarmfulExcess()),
                    BreakEvenWords.estimate(response.getBreakEven()),
                    BreakEvenWords.interval(response.getBreakEven())));
  }

  private static String cited(Dose dose) {
    return Figures.cited(EXCESS.of(dose.summary()), dose.hasInterval());
  }

  private double x(Dose dose) {
    return shares.place(dose.share());
  }

  private double y(double effect) {
    return 100 - effects.place(effect);
  }

  private static String place(double x, double y) {
    return Figures.plain(x) + "," + Figures.plain(y);
  }
}
