package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

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
          "Source recall drop",
          "Target precision drop",
          "Accuracy drop",
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
                el("caption", "One clean and one poisoned model a seed; differences in pp"),
                Tables.header(COLUMNS),
                body));
  }

  private static Element row(Pair pair) {
    PairEffect effect = pair.getEffect();
    return Tables.row(
        Tables.rowHeader(Integer.toUnsignedString(pair.getSeed())),
        List.of(
            Integer.toUnsignedString(pair.getPoisonSeed()),
            Integer.toString(pair.getFlipCount()),
            Figures.percent(pair.getClean().getAccuracy()),
            Figures.percent(pair.getPoisoned().getAccuracy()),
            Figures.percent(effect.getCleanAttackSuccessRate()),
            Figures.percent(effect.getPoisonedAttackSuccessRate()),
            Figures.points(effect.getExcessAttackSuccessRate()),
            Figures.points(effect.getSourceRecallDrop()),
            Figures.points(effect.getTargetPrecisionDrop()),
            Figures.points(effect.getAccuracyDrop()),
            worst(effect)));
  }

  private static String worst(PairEffect effect) {
    return effect.hasWorstCollateral()
        ? effect.getWorstCollateral().getClassName()
            + " "
            + Figures.points(-effect.getWorstCollateral().getRecallDrop())
        : "–";
  }
}
