package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.DosePoint;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.List;
import java.util.Optional;

/**
 * The effects of doses as rows: of each dose and effect the mean over seeds with its interval, then
 * each pair. Only means of the excess have a simultaneous interval and a monotone fit.
 */
final class EffectData {
  private final DataTable table;

  private EffectData(String name) {
    this.table =
        new DataTable(
            name,
            "flip_count",
            "class_share",
            "split_share",
            "effect",
            "seed",
            "poison_seed",
            "value",
            "low",
            "high",
            "simultaneous_low",
            "simultaneous_high",
            "monotone");
  }

  static DataTable of(String name, List<Dose> doses) {
    EffectData data = new EffectData(name);
    for (Dose dose : doses) {
      for (Metric metric : Metric.values()) {
        data.mean(dose, metric);
        dose.pairs().forEach(pair -> data.pair(dose, metric, pair));
      }
    }
    return data.table;
  }

  private void mean(Dose dose, Metric metric) {
    Estimate mean = metric.of(dose.summary());
    Optional<DosePoint> point =
        dose.point().filter(p -> metric == Metric.EXCESS_ATTACK_SUCCESS_RATE);
    Optional<DosePoint> band = point.filter(DosePoint::hasSimultaneous);
    row(
        dose,
        metric,
        Double.NaN,
        Double.NaN,
        mean.getEstimate(),
        dose.hasInterval() ? mean.getLow() : Double.NaN,
        dose.hasInterval() ? mean.getHigh() : Double.NaN,
        band.map(p -> p.getSimultaneous().getLow()).orElse(Double.NaN),
        band.map(p -> p.getSimultaneous().getHigh()).orElse(Double.NaN),
        point.map(DosePoint::getMonotone).orElse(Double.NaN));
  }

  private void pair(Dose dose, Metric metric, Pair pair) {
    row(
        dose,
        metric,
        Integer.toUnsignedLong(pair.getSeed()),
        Integer.toUnsignedLong(pair.getPoisonSeed()),
        metric.of(pair.getEffect()),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN);
  }

  private void row(Dose dose, Metric metric, Number seed, Number poisonSeed, double... values) {
    FlippedLabels flipped = dose.summary().getFlipped();
    table.row(
        flipped.getCount(),
        flipped.getClassShare(),
        flipped.getSplitShare(),
        metric.column(),
        seed,
        poisonSeed,
        values[0],
        values[1],
        values[2],
        values[3],
        values[4],
        values[5]);
  }
}
