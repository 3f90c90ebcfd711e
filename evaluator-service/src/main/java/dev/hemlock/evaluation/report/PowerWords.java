package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.PowerPoint;

/** What a power curve says, in words. */
final class PowerWords {
  private PowerWords() {}

  /** For example {@code from 15}. */
  static String caught(DetectionPower check) {
    if (!check.hasThreshold()) {
      return "too few clean";
    }
    return check.hasSmallestCaught() ? "from " + check.getSmallestCaught() : "not caught";
  }

  /** For example {@code 15 flipped: noticed in 8 of 10, 80 % [49 %, 94.3 %]}. */
  static String point(PowerPoint point) {
    return "%d flipped: noticed in %d of %d, %s %s"
        .formatted(
            point.getFlipCount(),
            point.getAlarmCount(),
            point.getRunCount(),
            Figures.percent(point.getPower()),
            interval(point));
  }

  static String interval(PowerPoint point) {
    return "[%s, %s]".formatted(Figures.percent(point.getLow()), Figures.percent(point.getHigh()));
  }
}
