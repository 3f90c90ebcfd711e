package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.ArrayList;
import java.util.List;

/** The summary of every dose, to be cited. */
final class DoseTable {
  private DoseTable() {}

  static Element render(List<Dose> doses) {
    List<String> columns =
        new ArrayList<>(List.of("Flipped", "Labels", "Seeds", "Attack success clean", "poisoned"));
    for (Metric metric : Metric.values()) {
      columns.add(metric.label());
    }
    columns.add("Hardest hit other class, recall drop");
    Element body = el("tbody");
    doses.forEach(dose -> body.add(row(dose)));
    return Tables.scrolling(
        "Means of every flipped share",
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
                Tables.rowHeader(dose.percent()),
                el("td", Integer.toString(summary.getFlipCount())),
                el("td", Integer.toString(summary.getPairCount())),
                el("td", Figures.percent(summary.getCleanAttackSuccessRate().getEstimate())),
                el("td", Figures.percent(summary.getPoisonedAttackSuccessRate().getEstimate())));
    for (Metric metric : Metric.values()) {
      row.add(effect(el("td"), metric.of(summary), summary));
    }
    Element worst = el("td");
    if (summary.hasWorstCollateral()) {
      worst.add(el("b", summary.getWorstCollateral().getClassName())).text(" ");
      effect(worst, summary.getWorstCollateral().getRecallDrop(), summary);
    }
    return row.add(worst);
  }

  private static Element effect(Element cell, Estimate estimate, Summary summary) {
    cell.text(Figures.points(estimate.getEstimate()));
    return summary.getPairCount() > 1 ? cell.add(el("small", Figures.interval(estimate))) : cell;
  }
}
