package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.DosePoint;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.ArrayList;
import java.util.List;

/** The summary of every dose, to be cited. */
final class DoseTable {
  private DoseTable() {}

  static Element render(ArmDoses arm) {
    List<String> columns =
        new ArrayList<>(
            List.of(
                "Flipped",
                "Seeds",
                "Attack success clean",
                "Attack success poisoned",
                "Excess attack success",
                "Excess, all budgets at once",
                "Monotone fit"));
    for (Metric metric : Metric.values()) {
      if (metric != Metric.EXCESS_ATTACK_SUCCESS_RATE) {
        columns.add(metric.label());
      }
    }
    columns.add("Hardest hit other class, recall drop");
    Element body = el("tbody");
    arm.doses().forEach(dose -> body.add(row(dose)));
    return Tables.scrolling(
        "Means of every budget" + (arm.name().isEmpty() ? "" : ", " + arm.name()),
        el("table")
            .with("class", "numeric")
            .add(
                el(
                    "caption",
                    "Means over seeds, with 95 % t intervals in brackets; effects in pp. The last"
                        + " column's intervals hold for all other classes at once"),
                Tables.header(columns),
                body));
  }

  private static Element row(Dose dose) {
    Summary summary = dose.summary();
    Element row =
        el("tr")
            .add(
                header(dose),
                el("td", Integer.toString(summary.getSeedCount())),
                el("td", Figures.percent(summary.getCleanAttackSuccessRate().getEstimate())),
                el("td", Figures.percent(summary.getPoisonedAttackSuccessRate().getEstimate())),
                effect(el("td"), summary.getExcessAttackSuccessRate(), dose),
                el(
                    "td",
                    dose.point()
                        .filter(DosePoint::hasSimultaneous)
                        .map(DoseTable::band)
                        .orElse("–")),
                el("td", dose.point().map(p -> Figures.points(p.getMonotone())).orElse("–")));
    for (Metric metric : Metric.values()) {
      if (metric != Metric.EXCESS_ATTACK_SUCCESS_RATE) {
        row.add(effect(el("td"), metric.of(summary), dose));
      }
    }
    Element worst = el("td");
    if (summary.hasWorstCollateral()) {
      worst.add(el("b", summary.getWorstCollateral().getClassName())).text(" ");
      effect(worst, summary.getWorstCollateral().getRecallDrop(), dose);
    }
    return row.add(worst);
  }

  private static Element header(Dose dose) {
    FlippedLabels flipped = dose.summary().getFlipped();
    return Tables.rowHeader(dose.percent())
        .add(
            el("small", Figures.counted(flipped.getCount(), "label")),
            el("small", Figures.chosenPercent(flipped.getSplitShare()) + " of split"));
  }

  private static String band(DosePoint point) {
    return Figures.interval(point.getSimultaneous().getLow(), point.getSimultaneous().getHigh());
  }

  private static Element effect(Element cell, Estimate estimate, Dose dose) {
    cell.text(Figures.points(estimate.getEstimate()));
    return dose.hasInterval() ? cell.add(el("small", Figures.interval(estimate))) : cell;
  }
}
