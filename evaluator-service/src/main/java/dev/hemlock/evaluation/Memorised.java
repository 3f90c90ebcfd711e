package dev.hemlock.evaluation;

import dev.hemlock.evaluation.ExperimentPlan.PlannedPair;
import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.Memorisation;
import dev.hemlock.proto.evaluation.v1.MemorisationEstimate;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How much of the false labels an experiment's models learnt. */
final class Memorised {
  private final ExperimentPlan plan;
  private final Map<PlannedPair, Memorisation> byPair;

  /**
   * @param byPair of every pair that flips any label
   */
  Memorised(ExperimentPlan plan, Map<PlannedPair, Memorisation> byPair) {
    this.plan = plan;
    this.byPair = byPair;
  }

  /** Fills in every pair and, as a mean over training seeds, every summary. */
  void into(ExperimentReport.Builder report) {
    for (int i = 0; i < plan.pairs().size(); i++) {
      Pair.Builder pair = report.getPairsBuilder(i);
      Optional.ofNullable(byPair.get(plan.pairs().get(i))).ifPresent(pair::setMemorisation);
    }
    for (int a = 0; a < report.getArmsCount(); a++) {
      Arm.Builder arm = report.getArmsBuilder(a);
      for (int b = 0; b < arm.getSummariesCount(); b++) {
        estimate(a, b).ifPresent(arm.getSummariesBuilder(b)::setMemorisation);
      }
    }
    estimate(0, 0).ifPresent(report.getSummaryBuilder()::setMemorisation);
  }

  private Optional<MemorisationEstimate> estimate(int arm, int budget) {
    List<Memorisation> pairs =
        plan.pairs().stream()
            .filter(pair -> pair.arm() == arm && pair.budget() == budget)
            .filter(byPair::containsKey)
            .map(byPair::get)
            .toList();
    return pairs.isEmpty()
        ? Optional.empty()
        : Optional.of(
            MemorisationEstimate.newBuilder()
                .setClean(mean(pairs, Memorisation::getClean))
                .setPoisoned(mean(pairs, Memorisation::getPoisoned))
                .build());
  }

  private dev.hemlock.proto.evaluation.v1.Estimate mean(
      List<Memorisation> pairs, ToDoubleFunction<Memorisation> figure) {
    int draws = ExperimentPlan.draws(plan.spec());
    double[] bySeed =
        IntStream.range(0, pairs.size() / draws)
            .mapToDouble(
                seed ->
                    pairs.subList(seed * draws, (seed + 1) * draws).stream()
                        .mapToDouble(figure)
                        .average()
                        .orElseThrow())
            .toArray();
    return EvaluationMapper.estimate(Estimate.ofShares(bySeed));
  }
}
