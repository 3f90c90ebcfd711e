package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.BreakEven;
import dev.hemlock.proto.evaluation.v1.BreakEvenBudget;
import dev.hemlock.proto.evaluation.v1.DoseResponse;
import java.util.List;
import java.util.Locale;

/** From how many flipped labels on each arm does harm. */
final class BreakEvenTable {
  private BreakEvenTable() {}

  static Element render(List<ArmDoses> arms, double harmfulExcess) {
    Element body = el("tbody");
    for (ArmDoses arm : arms) {
      BreakEven breakEven = arm.arm().getDoseResponse().getBreakEven();
      body.add(
          el("tr")
              .add(
                  Tables.rowHeader(arm.name().isEmpty() ? arm.arm().getAttack() : arm.name()),
                  el("td", BreakEvenWords.estimate(breakEven)),
                  el("td", BreakEvenWords.interval(breakEven))));
    }
    String caption =
        "Break-even: the smallest budget whose true excess attack success reaches %s pp"
            .formatted(Figures.points(harmfulExcess));
    return Tables.scrolling(
        "Break-even budgets",
        el("table")
            .with("class", "words")
            .add(
                el("caption", caption),
                Tables.header(List.of("Attack", "Estimate", "95 % interval")),
                body));
  }

  static DataTable data(List<ArmDoses> arms) {
    DataTable table =
        new DataTable(
            "break-even",
            "attack",
            "recipe",
            "harmful_excess",
            "end",
            "flip_count",
            "class_share",
            "split_share",
            "reason");
    for (ArmDoses arm : arms) {
      BreakEven breakEven = arm.arm().getDoseResponse().getBreakEven();
      row(table, arm, "estimate", breakEven.getEstimate());
      row(table, arm, "low", breakEven.getLow());
      row(table, arm, "high", breakEven.getHigh());
    }
    return table;
  }

  private static void row(DataTable table, ArmDoses arm, String end, BreakEvenBudget budget) {
    DoseResponse response = arm.arm().getDoseResponse();
    boolean known = budget.hasFlipped();
    table.row(
        arm.arm().getAttack(),
        arm.arm().getRecipe(),
        response.getHarmfulExcess(),
        end,
        known ? budget.getFlipped().getCount() : Double.NaN,
        known ? budget.getFlipped().getClassShare() : Double.NaN,
        known ? budget.getFlipped().getSplitShare() : Double.NaN,
        known ? "" : reason(budget));
  }

  private static String reason(BreakEvenBudget budget) {
    return budget
        .getReason()
        .name()
        .replaceFirst("^BREAK_EVEN_REASON_", "")
        .toLowerCase(Locale.ROOT);
  }
}
