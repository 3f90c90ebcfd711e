package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceCost;
import dev.hemlock.proto.evaluation.v1.DefenceEffect;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ShareRemoved;

/** The defence bill to be taken away, a row for each defence, attack and budget. */
final class DefenceData {
  private DefenceData() {}

  static DataTable of(ExperimentReport report) {
    DataTable table =
        new DataTable(
            "defences",
            "defence",
            "informed",
            "attack",
            "flip_count",
            "class_share",
            "split_share",
            "share_removed",
            "share_removed_low",
            "share_removed_high",
            "p_value",
            "adjusted_p_value",
            "undefended_attack_success_rate",
            "defended_attack_success_rate",
            "removed",
            "removed_low",
            "removed_high",
            "undefended_accuracy",
            "defended_accuracy",
            "accuracy_cost",
            "accuracy_cost_low",
            "accuracy_cost_high",
            "flips_caught",
            "clean_samples_lost",
            "clean_samples_lost_without_poison",
            "seconds",
            "relative_cost",
            "rank");
    DefenceBill bill = report.getDefenceBill();
    for (int i = 0; i < bill.getDefencesCount(); i++) {
      BilledDefence defence = bill.getDefences(i);
      DefenceCost cost =
          i < report.getHost().getDefenceCostsCount()
              ? report.getHost().getDefenceCosts(i)
              : DefenceCost.getDefaultInstance();
      for (DefenceEffect effect : defence.getEffectsList()) {
        row(table, defence, effect, cost);
      }
    }
    return table;
  }

  private static void row(
      DataTable table, BilledDefence defence, DefenceEffect effect, DefenceCost cost) {
    ShareRemoved share = effect.getShareRemoved();
    boolean hasShare = effect.hasShareRemoved();
    boolean sanitised = effect.hasSanitised();
    table.row(
        defence.getDefence(),
        Boolean.toString(defence.getInformed()),
        effect.getAttack(),
        effect.getFlipped().getCount(),
        effect.getFlipped().getClassShare(),
        effect.getFlipped().getSplitShare(),
        hasShare ? share.getEstimate() : Double.NaN,
        hasShare ? share.getLow() : Double.NaN,
        hasShare ? share.getHigh() : Double.NaN,
        effect.getPValue(),
        effect.getAdjustedPValue(),
        effect.getUndefendedAttackSuccessRate().getEstimate(),
        effect.getDefendedAttackSuccessRate().getEstimate(),
        effect.getRemoved().getEstimate(),
        effect.getRemoved().getLow(),
        effect.getRemoved().getHigh(),
        effect.getUndefendedAccuracy().getEstimate(),
        effect.getDefendedAccuracy().getEstimate(),
        defence.getAccuracyCost().getEstimate(),
        defence.getAccuracyCost().getLow(),
        defence.getAccuracyCost().getHigh(),
        sanitised ? effect.getSanitised().getFlipsCaught().getEstimate() : Double.NaN,
        sanitised ? effect.getSanitised().getCleanSamplesLost().getEstimate() : Double.NaN,
        mean(defence.hasCleanSamplesLost(), defence.getCleanSamplesLost()),
        cost.getSeconds(),
        cost.getRelativeCost(),
        cost.getRank() > 0 ? (double) cost.getRank() : Double.NaN);
  }

  private static double mean(boolean known, Estimate estimate) {
    return known ? estimate.getEstimate() : Double.NaN;
  }
}
