package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.Equivalence;
import dev.hemlock.evaluation.statistics.PValue;

/**
 * One sentence that is true of the figures: the effect with its interval, whether the interval
 * excludes 0, the accuracy drop with its interval, and whether accuracy was preserved. It claims
 * neither an effect that the interval does not support nor a preserved accuracy that the equivalence
 * test does not show.
 */
public final class VerdictSentence {
  private static final double ROUNDING = 1e-12;

  private VerdictSentence() {}

  /** Effect and accuracy of one summary. */
  static String of(Summary summary, ArmWords words) {
    if (summary.flipped().count() == 0) {
      return "No labels were flipped (ratio 0), so both models of every pair are the same and every"
          + " difference is 0.";
    }
    return whole(summary, words.act(summary), words.rate());
  }

  private static String whole(Summary summary, String act, String rate) {
    if (summary.seedCount() == 1) {
      return onePair(summary, act, rate);
    }
    return begin(summary, effect(summary, act, rate) + "; " + accuracy(summary) + ".");
  }

  /** The effect alone. */
  static String ofEffect(Summary summary, ArmWords words) {
    return summary.flipped().count() == 0 || summary.seedCount() == 1
        ? of(summary, words)
        : begin(summary, effect(summary, words.act(summary), words.rate()) + ".");
  }

  /** The accuracy alone, of at least two seeds. */
  static String ofAccuracy(Summary summary) {
    return capitalised(accuracy(summary)) + ".";
  }

  private static String begin(Summary summary, String sentence) {
    return summary.excessAttackSuccessRate().excludesZero()
        ? capitalised(sentence)
        : "No effect shown: " + sentence;
  }

  private static String effect(Summary summary, String act, String rate) {
    Estimate excess = summary.excessAttackSuccessRate();
    return String.format(
        "after %s, %s %s by %s percentage points, from %s to %s (95 %% interval of the change %s"
            + " over %s, which %s 0)",
        act,
        rate,
        moved(excess.estimate()),
        magnitude(excess.estimate()),
        Percent.share(summary.cleanAttackSuccessRate().estimate()),
        Percent.share(summary.poisonedAttackSuccessRate().estimate()),
        Percent.interval(excess),
        unit(summary),
        excess.excludesZero() ? "excludes" : "includes");
  }

  private static String unit(Summary summary) {
    return summary.pairCount() == summary.seedCount()
        ? summary.pairCount() + " pairs"
        : String.format(
            "%d training seeds with %d poison seeds each",
            summary.seedCount(), summary.pairCount() / summary.seedCount());
  }

  /** Speaks of pairs of models that were trained elsewhere. */
  public static String unverified(Summary summary, String source, String target) {
    String act = "training elsewhere on labels said to be poisoned";
    String rate = String.format("the share of \"%s\" images predicted as \"%s\"", source, target);
    return "Pairing unverified. " + whole(summary, act, rate);
  }

  private static String onePair(Summary summary, String act, String rate) {
    return String.format(
        "A single %s gives no interval, so nothing is shown beyond it: after %s, %s went"
            + " from %s to %s and accuracy %s by %s percentage points.",
        summary.pairCount() == 1 ? "pair" : "training seed",
        act,
        rate,
        Percent.share(summary.cleanAttackSuccessRate().estimate()),
        Percent.share(summary.poisonedAttackSuccessRate().estimate()),
        moved(-summary.accuracyDrop().estimate()),
        magnitude(summary.accuracyDrop().estimate()));
  }

  private static String accuracy(Summary summary) {
    Estimate drop = summary.accuracyDrop();
    return String.format(
        "accuracy %s by %s percentage points (95 %% interval of the drop %s, which %s 0), and %s",
        moved(-drop.estimate()),
        magnitude(drop.estimate()),
        Percent.interval(drop),
        drop.excludesZero() ? "excludes" : "includes",
        preserved(summary.accuracyEquivalence()));
  }

  private static String preserved(Equivalence equivalence) {
    return String.format(
        "%s preserved within %s points (TOST %s)",
        equivalence.shown() ? "was" : "was not shown to be",
        Percent.exactPoints(equivalence.margin()),
        PValue.print(equivalence.pValue()));
  }

  private static String moved(double change) {
    if (Math.abs(change) < ROUNDING) {
      return "changed";
    }
    return change > 0 ? "rose" : "fell";
  }

  private static String magnitude(double change) {
    return Percent.points(Math.abs(change));
  }

  static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
