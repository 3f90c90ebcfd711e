package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.List;

/** The effects of doses as rows: of each dose and effect the mean with its interval, then each seed. */
final class EffectData {
  private EffectData() {}

  static DataTable of(String name, List<Dose> doses) {
    DataTable table =
        new DataTable(name, "class_share", "flip_count", "effect", "seed", "value", "low", "high");
    for (Dose dose : doses) {
      for (Metric metric : Metric.values()) {
        mean(table, dose, metric);
        dose.pairs().forEach(pair -> seed(table, pair, metric));
      }
    }
    return table;
  }

  private static void mean(DataTable table, Dose dose, Metric metric) {
    Estimate mean = metric.of(dose.summary());
    boolean hasInterval = dose.summary().getPairCount() > 1;
    table.row(
        dose.summary().getRatio(),
        dose.summary().getFlipCount(),
        metric.column(),
        Double.NaN,
        mean.getEstimate(),
        hasInterval ? mean.getLow() : Double.NaN,
        hasInterval ? mean.getHigh() : Double.NaN);
  }

  private static void seed(DataTable table, Pair pair, Metric metric) {
    table.row(
        pair.getRatio(),
        pair.getFlipCount(),
        metric.column(),
        Integer.toUnsignedLong(pair.getSeed()),
        metric.of(pair.getEffect()),
        Double.NaN,
        Double.NaN);
  }
}
