package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.BudgetJudgement;
import dev.hemlock.proto.evaluation.v1.HarmDecision;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;

/** A judgement of harm as text. */
final class JudgementText {
  private JudgementText() {}

  static String of(HarmJudgement judgement) {
    StringBuilder text = new StringBuilder();
    judgement.getBudgetsList().forEach(budget -> text.append(sentence(budget)).append('\n'));
    text.append(
        judgement.hasLargestHarmless()
            ? "Harmless up to " + PlanText.labels(judgement.getLargestHarmless())
            : "No budget was shown to be harmless");
    text.append(
        judgement.hasSmallestHarmful()
            ? "; harmful from " + PlanText.labels(judgement.getSmallestHarmful()) + " on"
            : "; no budget was shown to be harmful");
    return text.append(
            " (wrong in at most %s of such judgements, were differences normal).%n"
                .formatted(percent(judgement.getErrorRate())))
        .append(
            "%d models were trained; all budgets with all seeds would take %d.%n"
                .formatted(judgement.getTrainingRuns(), judgement.getGridTrainingRuns()))
        .toString();
  }

  /** What was shown of one budget. */
  static String sentence(BudgetJudgement budget) {
    return "%s: %s with %d seeds, excess attack success rate %s [%s, %s]%s"
        .formatted(
            PlanText.labels(budget.getFlipped()),
            word(budget.getDecision()),
            budget.getSeedCount(),
            number(budget.getExcess().getEstimate()),
            number(budget.getExcess().getLow()),
            number(budget.getExcess().getHigh()),
            budget.getDecision() == HarmDecision.HARM_DECISION_UNDECIDED ? more(budget) : "");
  }

  /** How many more seeds an undecided budget needs. */
  static String more(BudgetJudgement budget) {
    return budget.hasMoreSeeds()
        ? "; needs about %d more %s"
            .formatted(budget.getMoreSeeds(), budget.getMoreSeeds() == 1 ? "seed" : "seeds")
        : "; the mean lies too near the limit for any number of seeds to tell";
  }

  private static String word(HarmDecision decision) {
    return switch (decision) {
      case HARM_DECISION_ABOVE -> "harmful";
      case HARM_DECISION_BELOW -> "harmless";
      default -> "undecided";
    };
  }

  private static String number(double value) {
    return "%.3f".formatted(value);
  }

  private static String percent(double share) {
    return "%.3g".formatted(100 * share).replaceFirst("\\.?0+$", "") + " %";
  }
}
