package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.SampleFinding;
import dev.hemlock.proto.dataset.v1.ValidationAction;
import dev.hemlock.proto.dataset.v1.ValidationFinding;
import dev.hemlock.proto.dataset.v1.ValidationReport;
import java.util.Locale;

/** What the checks of a snapshot found, as text. */
final class ValidationText {
  private static final int MOST_SAMPLES = 3;

  private ValidationText() {}

  static String of(ValidationReport report) {
    StringBuilder text = new StringBuilder();
    for (ValidationFinding finding : report.getFindingsList()) {
      text.append(
          "%-10s  %-24s %-6s %s\n"
              .formatted(
                  word(finding),
                  words(finding.getCheck().name(), "CHECK_"),
                  finding.getSplit(),
                  finding.getSentence()));
      finding.getSamplesList().stream()
          .limit(finding.getAlarm() ? MOST_SAMPLES : 0)
          .forEach(sample -> text.append(" ".repeat(44)).append(line(sample)).append('\n'));
    }
    return text.append('\n').append(report.getSentence()).toString();
  }

  private static String word(ValidationFinding finding) {
    if (!finding.getAlarm()) {
      return finding.hasFigure() ? "ok" : "-";
    }
    return finding.getAction() == ValidationAction.VALIDATION_ACTION_ADMIT
        ? "noted"
        : words(finding.getAction().name(), "VALIDATION_ACTION_");
  }

  private static String words(String name, String prefix) {
    return name.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String line(SampleFinding sample) {
    String own =
        "%s %d %s".formatted(sample.getSplit(), sample.getSampleId(), sample.getClassName());
    return sample.getOtherSplit().isEmpty()
        ? own
        : "%s | %s %d %s"
            .formatted(
                own, sample.getOtherSplit(), sample.getOtherSampleId(), sample.getOtherClassName());
  }
}
