package dev.hemlock.evaluation.report;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.CollateralEstimate;
import dev.hemlock.proto.evaluation.v1.EquivalenceTest;
import dev.hemlock.proto.evaluation.v1.Interval;
import dev.hemlock.proto.evaluation.v1.MemorisationEstimate;
import dev.hemlock.proto.evaluation.v1.SignFlipTest;
import dev.hemlock.proto.evaluation.v1.Summary;
import dev.hemlock.proto.evaluation.v1.VarianceSplit;
import java.util.ArrayList;
import java.util.List;

/** What the tests of one dose show and don't, one sentence each. */
final class TestSentences {
  private TestSentences() {}

  /** None where no label was flipped; with a single seed nothing is tested. */
  static List<String> of(Summary summary) {
    return summary.getFlipCount() > 0 ? tests(summary) : List.of();
  }

  /** The same where the number of flipped labels isn't known. */
  static List<String> tests(Summary summary) {
    List<String> sentences = new ArrayList<>();
    if (summary.hasMemorisation()) {
      sentences.add(memorisation(summary));
    }
    if (summary.getSeedCount() > 1) {
      sentences.add(excess(summary.getExcessTest(), summary.getSeedCount()));
      if (summary.hasExcessBootstrapInterval()) {
        sentences.add(bootstrap(summary.getExcessBootstrapInterval()));
      }
      if (summary.hasExcessSeedsByImagesInterval()) {
        sentences.add(otherImages(summary.getExcessSeedsByImagesInterval()));
      }
      if (summary.hasExcessVariance()) {
        sentences.add(spread(summary.getExcessVariance()));
      }
      sentences.add(accuracy(summary.getAccuracyEquivalence()));
      if (summary.hasWorstCollateral()) {
        sentences.add(collateral(summary.getWorstCollateral(), summary.getCollateralCount()));
      }
    }
    return sentences;
  }

  private static String excess(SignFlipTest test, int seeds) {
    return "Excess attack success against 0, %s sign-flip test: %s; %s can not give less than %s."
        .formatted(
            test.getExact() ? "exact" : "Monte Carlo",
            PValue.print(test.getPValue()),
            Figures.counted(seeds, "seed"),
            PValue.number(test.getSmallestPValue()));
  }

  private static String bootstrap(Interval interval) {
    return "Excess attack success, 95\u00a0%% BCa bootstrap interval: %s pp."
        .formatted(Figures.interval(interval.getLow(), interval.getHigh()));
  }

  private static String otherImages(Interval interval) {
    return "Excess attack success for other seeds and other test images alike, 95\u00a0%% bootstrap interval over both: %s pp."
        .formatted(Figures.interval(interval.getLow(), interval.getHigh()));
  }

  private static String memorisation(Summary summary) {
    MemorisationEstimate learnt = summary.getMemorisation();
    boolean hasInterval = summary.getSeedCount() > 1;
    return "Memorisation: of the flipped training images %s are read as their false label by the poisoned models, %s by the clean ones, which never saw it."
        .formatted(
            Figures.citedShare(learnt.getPoisoned(), hasInterval),
            Figures.citedShare(learnt.getClean(), hasInterval));
  }

  private static String spread(VarianceSplit variance) {
    return "Spread of the excess, standard deviations: %s pp from the training seed, %s pp from the poison seed (nested analysis of variance)."
        .formatted(
            Figures.plain(tenth(100 * Math.sqrt(variance.getTrainingSeed()))),
            Figures.plain(tenth(100 * Math.sqrt(variance.getPoisonSeed()))));
  }

  private static double tenth(double value) {
    return Math.round(10 * value) / 10.0;
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
