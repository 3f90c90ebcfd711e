package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceCost;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.Summary;

/** A report's headline figures as text. */
final class ResultTable {
  private ResultTable() {}

  static String of(ExperimentReport report) {
    StringBuilder table = new StringBuilder();
    table.append('\n').append(report.getVerdict()).append("\n\n");
    for (Arm arm : report.getArmsList()) {
      if (report.getArmsCount() > 1) {
        table.append("attack %s, recipe %s\n".formatted(arm.getAttack(), arm.getRecipe()));
      }
      // The verdict above says the effect of the first.
      int said = arm == report.getArms(0) ? 1 : 0;
      arm.getSentencesList().stream().skip(said).forEach(line -> table.append(line).append('\n'));
      table.append('\n');
      summaries(table, arm);
    }
    defences(table, report);
    return table.toString();
  }

  private static void defences(StringBuilder table, ExperimentReport report) {
    DefenceBill bill = report.getDefenceBill();
    for (int i = 0; i < bill.getSentencesCount(); i++) {
      DefenceCost cost = report.getHost().getDefenceCosts(i);
      table.append(
          "%s It trained %.2f times as long%s.\n\n"
              .formatted(
                  bill.getSentences(i),
                  cost.getRelativeCost(),
                  cost.getRank() > 0 ? " and ranks " + cost.getRank() : ", and has no rank"));
    }
  }

  private static void summaries(StringBuilder table, Arm arm) {
    for (Summary summary : arm.getSummariesList()) {
      table.append(
          "%s, %d %s\n"
              .formatted(
                  PlanText.labels(summary.getFlipped()),
                  summary.getPairCount(),
                  summary.getPairCount() == 1 ? "pair" : "pairs"));
      table.append("%-28s %9s   %s\n".formatted("", "mean", "95 % interval"));
      row(table, "attack success, clean", summary.getCleanAttackSuccessRate());
      row(table, "attack success, poisoned", summary.getPoisonedAttackSuccessRate());
      row(table, "excess attack success", summary.getExcessAttackSuccessRate());
      row(table, "source recall drop", summary.getSourceRecallDrop());
      row(table, "target precision drop", summary.getTargetPrecisionDrop());
      row(table, "accuracy drop", summary.getAccuracyDrop());
      table.append('\n');
    }
  }

  private static void row(StringBuilder table, String label, Estimate value) {
    table.append(
        "%-28s %9.3f   [%.3f, %.3f]\n"
            .formatted(label, value.getEstimate(), value.getLow(), value.getHigh()));
  }
}
