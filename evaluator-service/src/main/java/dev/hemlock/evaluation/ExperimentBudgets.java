package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.evaluation.ExperimentPlan.Poisoned;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.PlannedBudget;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an experiment's attacks flip at its budgets, which the poison service alone knows. */
final class ExperimentBudgets {
  private ExperimentBudgets() {}

  /**
   * Every attack at every budget, ordered as in the spec.
   *
   * @param spec with its defaults filled in
   * @throws HemlockException INVALID_ARGUMENT if an attack can't spend a budget, or if two of its
   *     budgets flip as many labels
   */
  static List<PlannedBudget> check(ExperimentSpec spec, Jobs<PoisoningSpec, Poisoning> poisonings) {
    ExperimentPlan plan = ExperimentPlan.of(spec);
    List<PlannedBudget> planned = new ArrayList<>();
    for (int attack = 0; attack < spec.getAttacksCount(); attack++) {
      Map<Integer, String> byCount = new HashMap<>();
      for (int i = 0; i < spec.getBudgetsCount(); i++) {
        Flipped flipped =
            flipped(plan, new Poisoned(attack, i, spec.getPoisonSeeds(0)), poisonings);
        String text = ExperimentPlan.describe(spec.getBudgets(i));
        String before = byCount.putIfAbsent(flipped.count(), text);
        if (before != null) {
          throw HemlockException.invalidArgument(
                  String.format(
                      "The budgets \"%s\" and \"%s\" both flip %d labels with attack %s; leave one out",
                      before, text, flipped.count(), spec.getAttacks(attack).getLabel()))
              .violating("spec.budgets[" + i + "]", "must flip another number of labels");
        }
        planned.add(
            PlannedBudget.newBuilder()
                .setAttack(spec.getAttacks(attack).getLabel())
                .setFlipped(EvaluationMapper.flipped(flipped))
                .build());
      }
    }
    return planned;
  }

  private static Flipped flipped(
      ExperimentPlan plan, Poisoned poisoned, Jobs<PoisoningSpec, Poisoning> poisonings) {
    if (ExperimentPlan.flipsNothing(plan.spec().getBudgets(poisoned.budget()))) {
      return Flipped.NONE;
    }
    try {
      return Flipped.of(poisonings.preview(plan.poisoning(poisoned)));
    } catch (HemlockException e) {
      if (e.retryable()) {
        throw e;
      }
      throw new HemlockException(
              e.reason(), "With " + plan.describe(poisoned) + ": " + e.getMessage(), e.metadata())
          .because(e);
    }
  }
}
