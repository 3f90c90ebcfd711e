package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.DosePoint;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.List;
import java.util.Optional;

/**
 * One budget of an arm.
 *
 * @param arm what tells the arm in file names
 * @param point its place on the arm's dose-response curve
 */
record Dose(String arm, Summary summary, List<Pair> pairs, Optional<DosePoint> point) {

  /** How much was flipped, as asked for, for example {@code 40 %}. */
  String percent() {
    return Figures.chosenPercent(summary.getRatio());
  }

  /** Its three forms, for example {@code 80 labels = 40 % of … = 4 % of the training split}. */
  String budget() {
    FlippedLabels flipped = summary.getFlipped();
    return "%s = %s of the classes attacked = %s of the training split"
        .formatted(
            Figures.counted(flipped.getCount(), "label"),
            Figures.chosenPercent(flipped.getClassShare()),
            Figures.chosenPercent(flipped.getSplitShare()));
  }

  /** The share of the samples of the classes attacked that was flipped, 0 to 1. */
  double share() {
    return summary.getFlipped().getClassShare();
  }

  /** Whether there are enough seeds for an interval. */
  boolean hasInterval() {
    return summary.getSeedCount() > 1;
  }

  /** The name of a file about it, for example {@code curves-targeted-flip+smallcnn-80}. */
  String file(String kind) {
    return kind + arm + "-" + summary.getFlipped().getCount();
  }
}
