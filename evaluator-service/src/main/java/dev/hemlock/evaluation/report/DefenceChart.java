package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.DefenceEffect;
import dev.hemlock.proto.evaluation.v1.ShareRemoved;
import java.util.List;
import java.util.stream.DoubleStream;

/** The shares of the excess that defences removed at the first attack and budget, on one axis. */
final class DefenceChart {
  /** What the drawing's parts mean. */
  static final String KEY =
      "Share of the undefended excess attack success that each defence removed. Solid line: nothing;"
          + " dashed line: as if not poisoned. Bars: 95 % intervals of the ratio of means (Fieller),"
          + " each by itself, cut at the edges. p: paired t test of whether attack success changed at"
          + " all, adjusted for the number of defences (Holm); below 0.05 a change is shown.";

  private static final double MIDDLE = 50;
  private static final double LEAST = -1;
  private static final double MOST = 2;

  private final List<BilledDefence> defences;
  private final Scale scale;

  DefenceChart(List<BilledDefence> defences) {
    this.defences = defences;
    DoubleStream values =
        defences.stream()
            .map(DefenceChart::effect)
            .filter(DefenceEffect::hasShareRemoved)
            .map(DefenceEffect::getShareRemoved)
            .flatMapToDouble(s -> DoubleStream.of(s.getEstimate(), s.getLow(), s.getHigh()))
            .map(value -> Math.max(LEAST, Math.min(MOST, value)));
    this.scale = Scale.covering(DoubleStream.concat(DoubleStream.of(0, 1), values));
  }

  Element render() {
    Element chart = el("div").with("class", "intervals forest");
    defences.forEach(defence -> chart.add(row(defence)));
    return chart.add(axis());
  }

  private Element row(BilledDefence defence) {
    DefenceEffect effect = effect(defence);
    Element name =
        el("div")
            .with("class", "name")
            .add(
                el("strong", defence.getDefence()),
                el("span", PValue.print(effect.getAdjustedPValue())));
    Element figure = el("div").with("class", "figure");
    if (effect.hasShareRemoved()) {
      ShareRemoved share = effect.getShareRemoved();
      figure.add(el("strong", Figures.percent(share.getEstimate())));
      figure.add(el("span", DefenceTable.interval(share)));
    } else {
      figure.add(el("strong", "undefined"));
    }
    return el("div")
        .with("class", "interval")
        .add(name, figure, drawing(defence.getDefence(), effect));
  }

  private Element drawing(String name, DefenceEffect effect) {
    Element svg = Svg.image("strip", alternative(name, effect));
    for (double tick : scale.ticks()) {
      double x = scale.place(tick);
      svg.add(Svg.line(line(tick), x, 0, x, 100));
    }
    if (effect.hasShareRemoved()) {
      ShareRemoved share = effect.getShareRemoved();
      svg.add(
          Svg.line(
              "band", scale.place(share.getLow()), MIDDLE, scale.place(share.getHigh()), MIDDLE));
      double mean = scale.place(share.getEstimate());
      svg.add(Svg.line("mean", mean, 18, mean, 82));
    }
    return svg;
  }

  private static String line(double tick) {
    if (Math.abs(tick) < 1e-9) {
      return "zero";
    }
    return Math.abs(tick - 1) < 1e-9 ? "harm" : "grid";
  }

  private static String alternative(String name, DefenceEffect effect) {
    return effect.hasShareRemoved()
        ? "%s: %s of the excess removed, 95 %% interval %s, Holm-adjusted %s"
            .formatted(
                name,
                Figures.percent(effect.getShareRemoved().getEstimate()),
                DefenceTable.interval(effect.getShareRemoved()),
                PValue.print(effect.getAdjustedPValue()))
        : name + ": no share, since the undefended excess is not shown to be above 0";
  }

  private Element axis() {
    Element svg = el("svg").with("class", "strip").with("focusable", "false");
    for (double tick : scale.ticks()) {
      svg.add(Svg.text("tick middle", scale.place(tick), 0, 0, 14, Figures.plain(tick * 100)));
    }
    return el("div")
        .with("class", "interval axis")
        .with("aria-hidden", "true")
        .add(el("div", "% of the excess removed"), svg);
  }

  private static DefenceEffect effect(BilledDefence defence) {
    return defence.getEffects(0);
  }
}
