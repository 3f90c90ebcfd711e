package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.List;

/** One ratio of an experiment: its summary over seeds and its pairs, one a seed. */
record Dose(Summary summary, List<Pair> pairs) {
  static List<Dose> of(ExperimentReport report) {
    List<Summary> summaries = Headline.arm(report).getSummariesList();
    return (summaries.isEmpty() ? List.of(report.getSummary()) : summaries)
        .stream().map(summary -> of(report, summary)).toList();
  }

  static Dose headline(ExperimentReport report) {
    return of(report, report.getSummary());
  }

  String percent() {
    return Figures.exactPercent(summary.getRatio());
  }

  /** Its share of the source class in a file's name, for example {@code 0.4}. */
  String fileSuffix() {
    return "-" + Figures.plain(summary.getRatio());
  }

  private static Dose of(ExperimentReport report, Summary summary) {
    return new Dose(
        summary,
        report.getPairsList().stream()
            .filter(pair -> pair.getArm() == 0)
            .filter(pair -> Double.compare(pair.getRatio(), summary.getRatio()) == 0)
            .toList());
  }
}
