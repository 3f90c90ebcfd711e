package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.evaluation.statistics.RatioOfMeans;
import dev.hemlock.proto.evaluation.v1.Defence;

/** One sentence that is true of what a defence did, and of what it costs. */
final class DefenceSentence {
  private static final String NO_SHARE =
      "no share of the excess is given, since the undefended excess is not shown to be above 0";

  private static final double ROUNDING = 1e-12;

  private DefenceSentence() {}

  /**
   * @param act what the attack did, as {@link ArmWords#act} says
   * @param defences how many were compared
   * @param seeds how many training seeds it rests on
   */
  static String of(
      Defence defence,
      DefenceEffect effect,
      Estimate accuracyCost,
      String act,
      int defences,
      int seeds) {
    String name =
        "The defence \"" + defence.getLabel() + "\"" + (defence.getInformed() ? " (informed)" : "");
    if (seeds == 1) {
      return String.format(
          "%s: a single training seed gives no interval, so nothing is shown beyond it; after %s the"
              + " attack success rate was %s instead of %s; without poison, accuracy %s.",
          name,
          act,
          Percent.share(effect.defended().estimate()),
          Percent.share(effect.undefended().estimate()),
          cost(accuracyCost));
    }
    return String.format(
        "%s %s the attack success rate after %s: it is %s instead of %s (%s), and %s; without poison,"
            + " accuracy %s (95 %% interval of the cost %s, which %s 0).",
        name,
        verb(effect),
        act,
        Percent.share(effect.defended().estimate()),
        Percent.share(effect.undefended().estimate()),
        test(effect, defences),
        effect.shareRemoved().map(DefenceSentence::share).orElse(NO_SHARE),
        cost(accuracyCost),
        Percent.interval(accuracyCost),
        accuracyCost.excludesZero() ? "excludes" : "includes");
  }

  private static String verb(DefenceEffect effect) {
    if (!effect.isShown()) {
      return "was not shown to change";
    }
    return effect.removed().estimate() > 0 ? "lowered" : "raised";
  }

  private static String share(RatioOfMeans ratio) {
    return String.format(
        "the share of the excess removed is %s (95 %% interval %s to %s)",
        Percent.share(ratio.estimate()),
        Percent.share(ratio.interval().low()),
        Percent.share(ratio.interval().high()));
  }

  private static String test(DefenceEffect effect, int defences) {
    return defences == 1
        ? "paired t test " + PValue.print(effect.pValue())
        : String.format(
            "paired t test, Holm over %d defences, %s",
            defences, PValue.print(effect.adjustedPValue()));
  }

  private static String cost(Estimate cost) {
    double change = -cost.estimate();
    return Math.abs(change) < ROUNDING
        ? "did not change"
        : String.format(
            "%s by %s percentage points",
            change > 0 ? "rose" : "fell", Percent.points(Math.abs(change)));
  }
}
