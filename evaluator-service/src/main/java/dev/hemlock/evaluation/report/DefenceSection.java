package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceEffect;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the defences gave and took: a drawing, a sentence each, and a table for each attack and budget. */
final class DefenceSection {
  private DefenceSection() {}

  static List<Element> render(ExperimentReport report) {
    DefenceBill bill = report.getDefenceBill();
    List<Element> parts = new ArrayList<>();
    int cases = bill.getDefences(0).getEffectsCount();
    if (cases == 0) {
      parts.add(el("p", "Nothing was poisoned, so there is nothing to defend against."));
    }
    if (bill.getDefencesList().stream().anyMatch(d -> cases > 0 && first(d).hasShareRemoved())) {
      parts.add(new DefenceChart(bill.getDefencesList()).render());
      parts.add(el("p", DefenceChart.KEY).with("class", "key"));
    }
    if (cases > 0) {
      parts.add(new DefenceTable(report, 0).render());
      parts.add(el("p", ranking(report)).with("class", "key"));
    }
    bill.getSentencesList().forEach(sentence -> parts.add(el("p", sentence)));
    if (cases > 1) {
      Element others = el("details").add(el("summary", "Other attacks and budgets"));
      IntStream.range(1, cases).forEach(i -> others.add(new DefenceTable(report, i).render()));
      parts.add(others);
    }
    parts.add(DefenceData.of(report).links());
    return parts;
  }

  private static DefenceEffect first(BilledDefence defence) {
    return defence.getEffects(0);
  }

  private static String ranking(ExperimentReport report) {
    return "Rank, of what is no mere bound: among the defences that train at most %s times as long as none and have a share removed here, by the lower end of its interval, the largest first; between equals the smaller accuracy cost. Times: median over models with the same seed and data; seconds depend on the machine and on what else it did. Informed: a setting was chosen knowing how the labels are poisoned."
        .formatted(Figures.plain(report.getSpec().getDefences().getMostRelativeCost()));
  }
}
