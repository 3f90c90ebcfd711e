package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.JobCount;
import dev.hemlock.proto.evaluation.v1.PlanExperimentResponse;
import dev.hemlock.proto.evaluation.v1.PlannedBudget;

/** What an experiment would do, as text. */
final class PlanText {
  private PlanText() {}

  static String of(PlanExperimentResponse plan) {
    StringBuilder text = new StringBuilder(plan.getExperiment()).append('\n');
    for (PlannedBudget budget : plan.getBudgetsList()) {
      text.append("  %-24s %s%n".formatted(budget.getAttack(), labels(budget.getFlipped())));
    }
    text.append(jobs("poisonings", plan.getJobs().getPoisonings()));
    text.append(jobs("training runs", plan.getJobs().getTrainingRuns()));
    if (plan.getDefenceTrainingRuns().getTotal() > 0) {
      text.append(jobs("  of them for defences", plan.getDefenceTrainingRuns()));
    }
    text.append(jobs("evaluations", plan.getJobs().getEvaluations()));
    if (plan.getJobs().getDetections().getTotal() > 0) {
      text.append(jobs("detections", plan.getJobs().getDetections()));
    }
    return text.append("  ").append(estimate(plan)).append('\n').toString();
  }

  /** A budget in its three forms, for example {@code 58 labels, 40 % of the classes, 4 % of all}. */
  static String labels(FlippedLabels flipped) {
    return "%d %s, %s of the classes attacked, %s of all"
        .formatted(
            flipped.getCount(),
            flipped.getCount() == 1 ? "label" : "labels",
            percent(flipped.getClassShare()),
            percent(flipped.getSplitShare()));
  }

  /** A time to wait, for example {@code 45 s}, {@code 12 min} or {@code 3.5 h}. */
  static String time(double seconds) {
    if (seconds < 90) {
      return Math.round(seconds) + " s";
    }
    return seconds < 5400 ? Math.round(seconds / 60) + " min" : "%.1f h".formatted(seconds / 3600);
  }

  private static String percent(double share) {
    return "%.4g".formatted(100 * share).replaceFirst("\\.?0+$", "") + " %";
  }

  private static String jobs(String what, JobCount count) {
    return "  %-24s %d new, %d there already%n"
        .formatted(what, count.getTotal() - count.getDone(), count.getDone());
  }

  private static String estimate(PlanExperimentResponse plan) {
    if (plan.getJobs().getTrainingRuns().getDone() == plan.getJobs().getTrainingRuns().getTotal()) {
      return "nothing is left to train";
    }
    return plan.hasTrainingSeconds()
        ? "about %s of training, one run after the other, at the pace of %d finished runs"
            .formatted(time(plan.getTrainingSeconds()), plan.getMeasuredRuns())
        : "no such run has finished yet, so how long it takes shows once the first has";
  }
}
