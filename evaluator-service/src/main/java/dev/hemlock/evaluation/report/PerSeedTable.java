package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.Interval;
import dev.hemlock.proto.evaluation.v1.McNemarTest;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairEffect;
import java.util.List;

/** What each pair of one dose gave. */
final class PerSeedTable {
  private static final List<String> COLUMNS =
      List.of(
          "Seed",
          "Poison seed",
          "Labels flipped",
          "Accuracy clean",
          "Accuracy poisoned",
          "Attack success clean",
          "Attack success poisoned",
          "Excess",
          "McNemar p",
          "Source recall drop",
          "Target precision drop",
          "Accuracy drop",
          "Calibration error clean",
          "Calibration error poisoned",
          "Hardest hit other class");

  private PerSeedTable() {}

  static Element render(List<Pair> pairs) {
    Element body = el("tbody");
    pairs.forEach(pair -> body.add(row(pair)));
    return Tables.scrolling(
        "Figures of every seed",
        el("table")
            .with("class", "numeric")
            .add(
                el(
                    "caption",
                    "One clean and one poisoned model a seed; differences in pp. Brackets: 95 % Wilson"
                        + " intervals. McNemar: source images that only one of the two models reads"
                        + " as the target, clean : poisoned. These two speak of other test images"
                        + " for this pair, not of other seeds"),
                Tables.header(COLUMNS),
                body));
  }

  private static Element row(Pair pair) {
    PairEffect effect = pair.getEffect();
    McNemarTest test = pair.getSourceTest();
    return Tables.row(
        Tables.rowHeader(Integer.toUnsignedString(pair.getSeed())),
        List.of(
            Integer.toUnsignedString(pair.getPoisonSeed()),
            Integer.toString(pair.getFlipCount()),
            Figures.percent(pair.getClean().getAccuracy()),
            Figures.percent(pair.getPoisoned().getAccuracy()),
            rate(effect.getCleanAttackSuccessRate(), pair.getCleanAttackSuccessInterval()),
            rate(effect.getPoisonedAttackSuccessRate(), pair.getPoisonedAttackSuccessInterval()),
            Figures.points(effect.getExcessAttackSuccessRate()),
            "%s (%d : %d)"
                .formatted(
                    PValue.print(test.getPValue()), test.getCleanOnly(), test.getPoisonedOnly()),
            Figures.points(effect.getSourceRecallDrop()),
            Figures.points(effect.getTargetPrecisionDrop()),
            Figures.points(effect.getAccuracyDrop()),
            Figures.percent(pair.getClean().getCalibrationError()),
            Figures.percent(pair.getPoisoned().getCalibrationError()),
            worst(effect)));
  }

  private static String rate(double share, Interval interval) {
    return "%s [%s, %s]"
        .formatted(
            Figures.percent(share),
            Figures.plain(Math.round(interval.getLow() * 1000) / 10.0),
            Figures.plain(Math.round(interval.getHigh() * 1000) / 10.0));
  }

  private static String worst(PairEffect effect) {
    return effect.hasWorstCollateral()
        ? effect.getWorstCollateral().getClassName()
            + " "
            + Figures.points(-effect.getWorstCollateral().getRecallDrop())
        : "–";
  }
}
