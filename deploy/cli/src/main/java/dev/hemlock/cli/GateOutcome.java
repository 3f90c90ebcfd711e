package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.BudgetJudgement;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;

/**
 * What a gate says.
 *
 * @param sentence that is true of the figures
 */
record GateOutcome(Kind kind, String sentence) {

  /** How a gate ends. */
  enum Kind {
    PASSED(0),
    FAILED(1),
    UNDECIDED(3);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }
  }

  int exitCode() {
    return kind.exitCode;
  }

  static GateOutcome of(HarmJudgement judgement, double limit) {
    BudgetJudgement budget = judgement.getBudgets(0);
    Kind kind =
        switch (budget.getDecision()) {
          case HARM_DECISION_BELOW -> Kind.PASSED;
          case HARM_DECISION_ABOVE -> Kind.FAILED;
          default -> Kind.UNDECIDED;
        };
    String figures =
        "the excess attack success rate is %.3f, with an interval of %.3f to %.3f over %d seeds"
            .formatted(
                budget.getExcess().getEstimate(),
                budget.getExcess().getLow(),
                budget.getExcess().getHigh(),
                budget.getSeedCount());
    String verdict =
        switch (kind) {
          case PASSED -> "which ends at or below the limit %s".formatted(limit);
          case FAILED -> "which lies above the limit %s".formatted(limit);
          case UNDECIDED ->
              "which holds the limit %s%s".formatted(limit, JudgementText.more(budget));
        };
    return new GateOutcome(
        kind,
        "%s: flipping %s, %s, %s."
            .formatted(kind, PlanText.labels(budget.getFlipped()), figures, verdict));
  }
}
