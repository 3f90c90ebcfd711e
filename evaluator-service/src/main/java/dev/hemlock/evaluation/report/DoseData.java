package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.CollateralEstimate;
import dev.hemlock.proto.evaluation.v1.CurvePoint;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairEffect;
import java.util.List;

/** What the drawings and tables of one dose show, as rows. */
final class DoseData {
  private DoseData() {}

  /** Counts and shares of each true and predicted class, summed over seeds. */
  static DataTable matrices(
      String name, List<String> classes, Confusion clean, Confusion poisoned) {
    DataTable table =
        new DataTable(
            name,
            "true_class",
            "predicted_class",
            "clean_count",
            "poisoned_count",
            "clean_share",
            "poisoned_share");
    for (int t = 0; t < classes.size(); t++) {
      for (int p = 0; p < classes.size(); p++) {
        table.row(
            classes.get(t),
            classes.get(p),
            clean.count(t, p),
            poisoned.count(t, p),
            clean.share(t, p),
            poisoned.share(t, p));
      }
    }
    return table;
  }

  static DataTable collateral(String name, Dose dose) {
    DataTable table =
        new DataTable(
            name, "class_name", "recall_drop", "low", "high", "p_value", "adjusted_p_value");
    boolean tested = dose.hasInterval();
    for (CollateralEstimate collateral : dose.summary().getCollateralList()) {
      Estimate drop = collateral.getRecallDrop();
      table.row(
          collateral.getClassName(),
          drop.getEstimate(),
          tested ? drop.getLow() : Double.NaN,
          tested ? drop.getHigh() : Double.NaN,
          tested ? collateral.getPValue() : Double.NaN,
          tested ? collateral.getAdjustedPValue() : Double.NaN);
    }
    return table;
  }

  static DataTable curves(String name, List<Pair> pairs) {
    DataTable table =
        new DataTable(
            name,
            "seed",
            "poison_seed",
            "epoch",
            "clean_loss",
            "poisoned_loss",
            "clean_accuracy",
            "poisoned_accuracy");
    for (Pair pair : pairs) {
      List<CurvePoint> clean = pair.getClean().getCurveList();
      List<CurvePoint> poisoned = pair.getPoisoned().getCurveList();
      for (int i = 0; i < Math.min(clean.size(), poisoned.size()); i++) {
        table.row(
            Integer.toUnsignedLong(pair.getSeed()),
            Integer.toUnsignedLong(pair.getPoisonSeed()),
            clean.get(i).getEpoch(),
            clean.get(i).getLoss(),
            poisoned.get(i).getLoss(),
            clean.get(i).getAccuracy(),
            poisoned.get(i).getAccuracy());
      }
    }
    return table;
  }

  static DataTable seeds(String name, List<Pair> pairs) {
    DataTable table =
        new DataTable(
            name,
            "seed",
            "poison_seed",
            "flip_count",
            "clean_accuracy",
            "poisoned_accuracy",
            "clean_attack_success_rate",
            "poisoned_attack_success_rate",
            "excess_attack_success_rate",
            "mcnemar_p_value",
            "source_recall_drop",
            "target_precision_drop",
            "accuracy_drop",
            "clean_calibration_error",
            "poisoned_calibration_error",
            "clean_memorisation",
            "poisoned_memorisation");
    for (Pair pair : pairs) {
      PairEffect effect = pair.getEffect();
      table.row(
          Integer.toUnsignedLong(pair.getSeed()),
          Integer.toUnsignedLong(pair.getPoisonSeed()),
          pair.getFlipCount(),
          pair.getClean().getAccuracy(),
          pair.getPoisoned().getAccuracy(),
          effect.getCleanAttackSuccessRate(),
          effect.getPoisonedAttackSuccessRate(),
          effect.getExcessAttackSuccessRate(),
          pair.getSourceTest().getPValue(),
          effect.getSourceRecallDrop(),
          effect.getTargetPrecisionDrop(),
          effect.getAccuracyDrop(),
          pair.getClean().getCalibrationError(),
          pair.getPoisoned().getCalibrationError(),
          pair.hasMemorisation() ? pair.getMemorisation().getClean() : Double.NaN,
          pair.hasMemorisation() ? pair.getMemorisation().getPoisoned() : Double.NaN);
    }
    return table;
  }
}
