package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceCost;
import dev.hemlock.proto.evaluation.v1.DefenceEffect;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ShareRemoved;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The bill of every defence at one attack and budget, the undefended models first. */
final class DefenceTable {
  private static final String NONE = "–";

  private final DefenceBill bill;
  private final List<DefenceCost> costs;
  private final int index;
  private final boolean hasIntervals;
  private final boolean sanitises;

  /**
   * @param index of the attack and budget among a defence's effects
   */
  DefenceTable(ExperimentReport report, int index) {
    this.bill = report.getDefenceBill();
    this.costs = report.getHost().getDefenceCostsList();
    this.index = index;
    this.hasIntervals = report.getSummary().getSeedCount() > 1;
    this.sanitises =
        bill.getDefencesList().stream().anyMatch(d -> d.getEffects(index).hasSanitised());
  }

  Element render() {
    List<String> columns =
        new ArrayList<>(
            List.of(
                "Defence",
                "Share of excess removed",
                "p, Holm",
                "Attack success, poisoned",
                "Accuracy, poisoned",
                "Accuracy cost without poison"));
    if (sanitises) {
      columns.add("Flips caught");
      columns.add("Clean samples lost");
    }
    columns.addAll(List.of("Seconds a model", "Times as long", "Rank"));
    DefenceEffect any = bill.getDefences(0).getEffects(index);
    Element body = el("tbody").add(undefended(any, columns.size()));
    for (int i = 0; i < bill.getDefencesCount(); i++) {
      body.add(row(i));
    }
    String caption =
        "%s, %s: means over seeds, with 95 %% intervals in brackets; the cost in pp"
            .formatted(any.getAttack(), Figures.counted(any.getFlipped().getCount(), "label"));
    return Tables.scrolling(
        "Defence bill, " + any.getAttack() + ", " + any.getFlipped().getCount() + " labels",
        el("table")
            .with("class", "numeric")
            .add(el("caption", caption), Tables.header(columns), body));
  }

  /** Both ends, for example {@code [12.0 %, 34.8 %]}. */
  static String interval(ShareRemoved share) {
    return "[" + Figures.percent(share.getLow()) + ", " + Figures.percent(share.getHigh()) + "]";
  }

  private Element undefended(DefenceEffect effect, int columns) {
    Element row =
        el("tr")
            .with("class", "marked")
            .add(
                Tables.rowHeader("none"),
                el("td", NONE),
                el("td", NONE),
                share(effect.getUndefendedAttackSuccessRate()),
                share(effect.getUndefendedAccuracy()));
    for (int i = 5; i < columns; i++) {
      row.add(el("td", NONE));
    }
    return row;
  }

  private Element row(int defence) {
    BilledDefence billed = bill.getDefences(defence);
    DefenceEffect effect = billed.getEffects(index);
    Element name = Tables.rowHeader(billed.getDefence());
    if (billed.getInformed()) {
      name.add(el("small", "informed"));
    }
    Element row =
        el("tr")
            .add(
                name,
                removed(effect),
                el("td", PValue.print(effect.getAdjustedPValue()).replaceFirst("^p = ", "")),
                share(effect.getDefendedAttackSuccessRate()),
                share(effect.getDefendedAccuracy()),
                points(billed.getAccuracyCost()));
    if (sanitises) {
      boolean known = effect.hasSanitised();
      row.add(known ? share(effect.getSanitised().getFlipsCaught()) : el("td", NONE));
      row.add(known ? share(effect.getSanitised().getCleanSamplesLost()) : el("td", NONE));
    }
    DefenceCost cost =
        defence < costs.size() ? costs.get(defence) : DefenceCost.getDefaultInstance();
    return row.add(
        el("td", String.format(Locale.ROOT, "%.1f", cost.getSeconds())),
        el("td", String.format(Locale.ROOT, "%.2f", cost.getRelativeCost())),
        el("td", cost.getRank() > 0 && index == 0 ? Integer.toString(cost.getRank()) : NONE));
  }

  private Element removed(DefenceEffect effect) {
    return effect.hasShareRemoved()
        ? el("td", Figures.percent(effect.getShareRemoved().getEstimate()))
            .add(el("small", interval(effect.getShareRemoved())))
        : el("td", "undefined").add(el("small", "excess not shown"));
  }

  private Element share(Estimate estimate) {
    Element cell = el("td", Figures.percent(estimate.getEstimate()));
    return hasIntervals
        ? cell.add(
            el(
                "small",
                "[%s, %s]"
                    .formatted(
                        Figures.percent(estimate.getLow()), Figures.percent(estimate.getHigh()))))
        : cell;
  }

  private Element points(Estimate estimate) {
    Element cell = el("td", Figures.points(estimate.getEstimate()));
    return hasIntervals ? cell.add(el("small", Figures.interval(estimate))) : cell;
  }
}
