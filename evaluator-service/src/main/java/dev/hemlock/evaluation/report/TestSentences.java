package dev.hemlock.evaluation.report;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.CollateralEstimate;
import dev.hemlock.proto.evaluation.v1.EquivalenceTest;
import dev.hemlock.proto.evaluation.v1.Interval;
import dev.hemlock.proto.evaluation.v1.SignFlipTest;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.ArrayList;
import java.util.List;

/** What the tests of one dose show and don't, one sentence each. */
final class TestSentences {
  private TestSentences() {}

  /** None where a single seed or no flipped label leaves nothing to test. */
  static List<String> of(Summary summary) {
    List<String> sentences = new ArrayList<>();
    if (summary.getPairCount() > 1 && summary.getFlipCount() > 0) {
      sentences.add(excess(summary.getExcessTest(), summary.getPairCount()));
      if (summary.hasExcessBootstrapInterval()) {
        sentences.add(bootstrap(summary.getExcessBootstrapInterval()));
      }
      sentences.add(accuracy(summary.getAccuracyEquivalence()));
      if (summary.hasWorstCollateral()) {
        sentences.add(collateral(summary.getWorstCollateral(), summary.getCollateralCount()));
      }
    }
    return sentences;
  }

  private static String excess(SignFlipTest test, int pairs) {
    return "Excess attack success against 0, %s sign-flip test: %s; %s can not give less than %s."
        .formatted(
            test.getExact() ? "exact" : "Monte Carlo",
            PValue.print(test.getPValue()),
            Figures.counted(pairs, "seed"),
            PValue.number(test.getSmallestPValue()));
  }

  private static String bootstrap(Interval interval) {
    return "Excess attack success, 95\u00a0%% BCa bootstrap interval: [%s, %s] pp."
        .formatted(Figures.points(interval.getLow()), Figures.points(interval.getHigh()));
  }

  private static String accuracy(EquivalenceTest test) {
    return "Accuracy preserved within %s points: %s (TOST %s)."
        .formatted(
            Figures.plain(test.getMargin() * 100),
            test.getPreserved() ? "shown" : "not shown",
            PValue.print(test.getPValue()));
  }

  private static String collateral(CollateralEstimate worst, int classes) {
    return "Hardest hit of %s: %s, recall drop %s pp (Holm-adjusted %s)."
        .formatted(
            classes == 1 ? "1 other class" : classes + " other classes",
            worst.getClassName(),
            Figures.points(worst.getRecallDrop().getEstimate()),
            PValue.print(worst.getAdjustedPValue()));
  }
}
