package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.DetectionCounts;
import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.PowerPoint;

/** Scores and power of detectors as tables. */
final class DetectionText {
  private static final String UNDEFINED = "-";

  private DetectionText() {}

  static String of(DetectionScore score) {
    StringBuilder text =
        new StringBuilder(
            "%-16s %8s %8s %8s %8s %10s %8s %12s%n"
                .formatted(
                    "given label",
                    "labels",
                    "flipped",
                    "issues",
                    "caught",
                    "precision",
                    "recall",
                    "false alarms"));
    score.getPerClassList().forEach(counts -> text.append(row(counts.getClassName(), counts)));
    text.append(row("all", score.getTotal()));
    if (score.hasAveragePrecision()) {
      text.append("average precision %.4f%n".formatted(score.getAveragePrecision()));
    }
    return text.toString();
  }

  private static String row(String name, DetectionCounts counts) {
    return "%-16s %8d %8d %8d %8d %10s %8s %12s%n"
        .formatted(
            name,
            counts.getLabelCount(),
            counts.getFlipCount(),
            counts.getIssueCount(),
            counts.getCaughtCount(),
            share(counts.hasPrecision(), counts.getPrecision()),
            share(counts.hasRecall(), counts.getRecall()),
            share(counts.hasFalseAlarmRate(), counts.getFalseAlarmRate()));
  }

  static String of(DetectionPower power) {
    if (!power.hasThreshold()) {
      return "%s: %d clean data sets are too few for this false-alarm rate%n"
          .formatted(power.getCheck(), power.getCleanCount());
    }
    StringBuilder text =
        new StringBuilder(
            "%s: %s; alarm above %.6g, from %d clean data sets%n"
                .formatted(
                    power.getCheck(),
                    power.hasSmallestCaught()
                        ? "caught from " + power.getSmallestCaught() + " flipped labels on"
                        : "not caught at any budget tested",
                    power.getThreshold(),
                    power.getCleanCount()));
    for (PowerPoint point : power.getCurveList()) {
      text.append(
          "%10d flipped: %d of %d noticed, %.2f (%.2f to %.2f)%n"
              .formatted(
                  point.getFlipCount(),
                  point.getAlarmCount(),
                  point.getRunCount(),
                  point.getPower(),
                  point.getLow(),
                  point.getHigh()));
    }
    return text.toString();
  }

  private static String share(boolean defined, double value) {
    return defined ? "%.4f".formatted(value) : UNDEFINED;
  }
}
