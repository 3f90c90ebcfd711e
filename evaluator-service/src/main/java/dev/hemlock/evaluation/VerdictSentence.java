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
  private VerdictSentence() {}

  /** Speaks of one ratio's summary; the class names are the attack's. */
  public static String of(Summary summary, String source, String target) {
    if (summary.flipped().count() == 0) {
      return "No labels were flipped (ratio 0), so both models of every pair are the same and every"
          + " difference is 0.";
    }
    String act =
        String.format(
            "relabelling %s of the training images of class \"%s\" as \"%s\" (%s)",
            Percent.exact(summary.ratio()), source, target, labels(summary.flipped().count()));
    String rate = String.format("the share of \"%s\" images predicted as \"%s\"", source, target);
    if (summary.pairCount() == 1) {
      return onePair(summary, act, rate);
    }
    Estimate excess = summary.excessAttackSuccessRate();
    String effect =
        String.format(
            "%s by %s percentage points, from %s to %s (95 %% interval of the change %s over %d"
                + " pairs",
            moved(excess.estimate()),
            magnitude(excess.estimate()),
            Percent.share(summary.cleanAttackSuccessRate().estimate()),
            Percent.share(summary.poisonedAttackSuccessRate().estimate()),
            Percent.interval(excess),
            summary.pairCount());
    String sentence =
        String.format(
            "after %s, %s %s, which %s 0); %s, and %s.",
            act,
            rate,
            effect,
            excess.excludesZero() ? "excludes" : "includes",
            accuracy(summary.accuracyDrop()),
            preserved(summary.accuracyEquivalence()));
    return excess.excludesZero() ? capitalised(sentence) : "No effect shown: " + sentence;
  }

  private static String onePair(Summary summary, String act, String rate) {
    return String.format(
        "A single pair gives no interval, so nothing is shown beyond this pair: after %s, %s went"
            + " from %s to %s and accuracy %s by %s percentage points.",
        act,
        rate,
        Percent.share(summary.cleanAttackSuccessRate().estimate()),
        Percent.share(summary.poisonedAttackSuccessRate().estimate()),
        moved(-summary.accuracyDrop().estimate()),
        magnitude(summary.accuracyDrop().estimate()));
  }

  private static String accuracy(Estimate drop) {
    return String.format(
        "accuracy %s by %s percentage points (95 %% interval of the drop %s, which %s 0)",
        moved(-drop.estimate()),
        magnitude(drop.estimate()),
        Percent.interval(drop),
        drop.excludesZero() ? "excludes" : "includes");
  }

  private static String preserved(Equivalence equivalence) {
    return String.format(
        "%s preserved within %s points (TOST %s)",
        equivalence.shown() ? "was" : "was not shown to be",
        Percent.exactPoints(equivalence.margin()),
        PValue.print(equivalence.pValue()));
  }

  private static String moved(double change) {
    if (change == 0) {
      return "changed";
    }
    return change > 0 ? "rose" : "fell";
  }

  private static String magnitude(double change) {
    return Percent.points(Math.abs(change));
  }

  private static String labels(int count) {
    return count == 1 ? "1 label" : count + " labels";
  }

  private static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
