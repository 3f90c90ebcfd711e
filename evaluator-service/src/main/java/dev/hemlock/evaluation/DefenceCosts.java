package dev.hemlock.evaluation;

import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceCost;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Median;

/** What an experiment's defences cost to train, and how they rank under its compute budget. */
final class DefenceCosts {
  private static final Comparator<BilledDefence> BEST_FIRST =
      Comparator.comparingDouble((BilledDefence d) -> -d.getEffects(0).getShareRemoved().getLow())
          .thenComparingDouble(d -> d.getAccuracyCost().getEstimate());

  private final ExperimentPlan plan;
  private final ExperimentRun.Outcome outcome;

  DefenceCosts(ExperimentPlan plan, ExperimentRun.Outcome outcome) {
    this.plan = plan;
    this.outcome = outcome;
  }

  /** One entry a defence, ordered as in the spec. */
  List<DefenceCost> of(DefenceBill bill) {
    List<DefenceCost.Builder> costs =
        IntStream.range(0, bill.getDefencesCount())
            .mapToObj(i -> cost(bill.getDefences(i), plan.spec().getRecipesCount() + i))
            .toList();
    List<Integer> ranked =
        IntStream.range(0, bill.getDefencesCount())
            .filter(i -> !plan.isBound(plan.spec().getRecipesCount() + i))
            .filter(i -> isRanked(bill.getDefences(i), costs.get(i)))
            .boxed()
            .sorted(Comparator.comparing(bill::getDefences, BEST_FIRST))
            .toList();
    IntStream.range(0, ranked.size()).forEach(r -> costs.get(ranked.get(r)).setRank(r + 1));
    return costs.stream().map(DefenceCost.Builder::build).toList();
  }

  private boolean isRanked(BilledDefence defence, DefenceCost.Builder cost) {
    return cost.getRelativeCost() <= plan.spec().getDefences().getMostRelativeCost()
        && defence.getEffectsCount() > 0
        && defence.getEffects(0).hasShareRemoved();
  }

  private DefenceCost.Builder cost(BilledDefence defence, int treatment) {
    List<Model> models =
        plan.models().stream().filter(model -> model.treatment() == treatment).toList();
    return DefenceCost.newBuilder()
        .setDefence(defence.getDefence())
        .setSeconds(median(models, this::seconds))
        .setRelativeCost(median(models, model -> seconds(model) / ownSeconds(model.undefended())));
  }

  /** With those of the models that are trained before it. */
  private double seconds(Model model) {
    return ownSeconds(model)
        + outcome.firstModels().getOrDefault(model, List.of()).stream()
            .mapToDouble(DefenceCosts::seconds)
            .sum();
  }

  private double ownSeconds(Model model) {
    return seconds(outcome.trainings().get(model));
  }

  private static double seconds(TrainingRun run) {
    return run.getEpochsList().stream().mapToDouble(EpochMetrics::getSeconds).sum();
  }

  private static double median(List<Model> models, ToDoubleFunction<Model> figure) {
    return Median.withDefaults().evaluate(models.stream().mapToDouble(figure).toArray());
  }
}
