package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.Interval;
import dev.hemlock.proto.evaluation.v1.McNemarTest;
import dev.hemlock.proto.evaluation.v1.Memorisation;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairEffect;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

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
          "False labels read clean",
          "False labels read poisoned",
          "Hardest hit other class");

  /** What the table's brackets and tests mean. */
  static final String KEY =
      "Brackets: 95 % Wilson intervals. McNemar: exact test of the source images that only one of the"
          + " two models reads as the target, their counts below as clean : poisoned. Both speak of"
          + " other test images for this pair of models, not of other seeds. Calibration error:"
          + " expected, over 15 bins. False labels read: share of the flipped training images that the model"
          + " reads as their false label; the clean model never saw it.";

  private PerSeedTable() {}

  static Element render(List<Pair> pairs) {
    Element body = el("tbody");
    pairs.forEach(pair -> body.add(row(pair)));
    return Tables.scrolling(
        "Figures of every seed",
        el("table")
            .with("class", "numeric")
            .add(
                el("caption", "One clean and one poisoned model a seed; differences in pp"),
                Tables.header(COLUMNS),
                body));
  }

  private static Element row(Pair pair) {
    PairEffect effect = pair.getEffect();
    McNemarTest test = pair.getSourceTest();
    Element row = el("tr").add(Tables.rowHeader(Integer.toUnsignedString(pair.getSeed())));
    row.add(
        el("td", Integer.toUnsignedString(pair.getPoisonSeed())),
        el("td", Integer.toString(pair.getFlipCount())),
        el("td", Figures.percent(pair.getClean().getAccuracy())),
        el("td", Figures.percent(pair.getPoisoned().getAccuracy())),
        rate(effect.getCleanAttackSuccessRate(), pair.getCleanAttackSuccessInterval()),
        rate(effect.getPoisonedAttackSuccessRate(), pair.getPoisonedAttackSuccessInterval()),
        el("td", Figures.points(effect.getExcessAttackSuccessRate())),
        el("td", PValue.number(test.getPValue()))
            .add(el("small", test.getCleanOnly() + " : " + test.getPoisonedOnly())),
        el("td", Figures.points(effect.getSourceRecallDrop())),
        el("td", Figures.points(effect.getTargetPrecisionDrop())),
        el("td", Figures.points(effect.getAccuracyDrop())),
        el("td", Figures.percent(pair.getClean().getCalibrationError())),
        el("td", Figures.percent(pair.getPoisoned().getCalibrationError())),
        el("td", memorised(pair, Memorisation::getClean)),
        el("td", memorised(pair, Memorisation::getPoisoned)),
        el("td", worst(effect)));
    return row;
  }

  private static String memorised(Pair pair, ToDoubleFunction<Memorisation> model) {
    return pair.hasMemorisation()
        ? Figures.percent(model.applyAsDouble(pair.getMemorisation()))
        : "–";
  }

  private static Element rate(double share, Interval interval) {
    String ends = "[%s, %s]".formatted(tenths(interval.getLow()), tenths(interval.getHigh()));
    return el("td", Figures.percent(share)).add(el("small", ends));
  }

  private static String tenths(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static String worst(PairEffect effect) {
    return effect.hasWorstCollateral()
        ? effect.getWorstCollateral().getClassName()
            + " "
            + Figures.points(-effect.getWorstCollateral().getRecallDrop())
        : "–";
  }
}
