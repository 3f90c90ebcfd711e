package dev.hemlock.evaluation;

import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.ExperimentPlan.PlannedPair;
import dev.hemlock.evaluation.statistics.RatioOfMeans;
import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.ShareRemoved;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What an experiment's defences gave and took. A pure function of the models' confusion matrices.
 */
final class DefenceBills {
  private final ExperimentPlan plan;
  private final Function<Model, ConfusionMatrix> confusion;
  private final Function<PlannedPair, Flipped> flipped;
  private final Map<Model, Sanitised> sanitised;
  private final int source;
  private final int target;

  /**
   * @param confusion of a model on the test split
   * @param flipped how many labels a pair's poisoned model was trained on
   * @param sanitised what was done to the data of the models that sanitising defences trained
   * @param source index of the class that is measured
   * @param target index of the class that it is read as
   */
  DefenceBills(
      ExperimentPlan plan,
      Function<Model, ConfusionMatrix> confusion,
      Function<PlannedPair, Flipped> flipped,
      Map<Model, Sanitised> sanitised,
      int source,
      int target) {
    this.plan = plan;
    this.confusion = confusion;
    this.flipped = flipped;
    this.sanitised = sanitised;
    this.source = source;
    this.target = target;
  }

  /** The bill of a spec with defences. */
  DefenceBill bill() {
    ExperimentSpec spec = plan.spec();
    List<Defence> defences = spec.getDefences().getCompareList();
    List<BilledDefence.Builder> billed = new ArrayList<>();
    List<Estimate> costs = new ArrayList<>();
    for (int i = 0; i < defences.size(); i++) {
      Estimate cost = accuracyCost(treatment(i));
      costs.add(cost);
      BilledDefence.Builder defence =
          BilledDefence.newBuilder()
              .setDefence(defences.get(i).getLabel())
              .setInformed(defences.get(i).getInformed())
              .setAccuracyCost(EvaluationMapper.estimate(cost));
      if (plan.sanitises(treatment(i))) {
        defence.setCleanSamplesLost(cleanLost(treatment(i)));
      }
      billed.add(defence);
    }
    DefenceBill.Builder bill = DefenceBill.newBuilder();
    for (int attack = 0; attack < spec.getAttacksCount(); attack++) {
      for (int budget = 0; budget < spec.getBudgetsCount(); budget++) {
        if (!ExperimentPlan.flipsNothing(spec.getBudgets(budget))) {
          Flipped labels = flipped.apply(pairs(attack, budget, ExperimentPlan.UNDEFENDED).get(0));
          List<DefenceEffect> effects = effects(attack, budget);
          for (int i = 0; i < effects.size(); i++) {
            var effect = effect(attack, budget, labels, effects.get(i));
            if (plan.sanitises(treatment(i))) {
              effect.setSanitised(sanitised(pairs(attack, budget, treatment(i))));
            }
            billed.get(i).addEffects(effect);
            if (bill.getSentencesCount() < defences.size()) {
              ArmWords words =
                  ArmWords.of(spec, new ExperimentPlan.Arm(attack, ExperimentPlan.UNDEFENDED));
              bill.addSentences(
                  DefenceSentence.of(
                      defences.get(i),
                      effects.get(i),
                      costs.get(i),
                      words.act(labels, ratio(budget, labels)),
                      defences.size(),
                      spec.getSeedsCount()));
            }
          }
        }
      }
    }
    billed.forEach(bill::addDefences);
    return bill.build();
  }

  private int treatment(int defence) {
    return plan.spec().getRecipesCount() + defence;
  }

  private double ratio(int budget, Flipped labels) {
    return plan.spec().getBudgets(budget).hasClassShare()
        ? plan.spec().getBudgets(budget).getClassShare()
        : labels.classShare();
  }

  private Estimate accuracyCost(int treatment) {
    return Estimate.ofDifferences(
        DefenceEffect.minus(
            clean(ExperimentPlan.UNDEFENDED, ConfusionMatrix::accuracy),
            clean(treatment, ConfusionMatrix::accuracy)));
  }

  private List<DefenceEffect> effects(int attack, int budget) {
    List<DefenceEffect.Models> defended =
        IntStream.range(0, plan.spec().getDefences().getCompareCount())
            .mapToObj(defence -> models(attack, budget, treatment(defence)))
            .toList();
    ConfusionMatrix any = confusion.apply(plan.models().get(0));
    return DefenceEffect.of(
        clean(ExperimentPlan.UNDEFENDED, matrix -> matrix.rate(source, target)),
        models(attack, budget, ExperimentPlan.UNDEFENDED),
        defended,
        1.0 / any.support(source));
  }

  private DefenceEffect.Models models(int attack, int budget, int treatment) {
    List<PlannedPair> pairs = pairs(attack, budget, treatment);
    return new DefenceEffect.Models(
        means(pairs, pair -> confusion.apply(pair.poisoned()).rate(source, target)),
        means(pairs, pair -> confusion.apply(pair.poisoned()).accuracy()));
  }

  /** The mean over the pairs of each training seed. */
  private double[] means(List<PlannedPair> pairs, ToDoubleFunction<PlannedPair> figure) {
    int draws = ExperimentPlan.draws(plan.spec());
    return IntStream.range(0, pairs.size() / draws)
        .mapToDouble(
            seed ->
                pairs.subList(seed * draws, (seed + 1) * draws).stream()
                    .mapToDouble(figure)
                    .average()
                    .orElseThrow())
        .toArray();
  }

  private double[] clean(int treatment, ToDoubleFunction<ConfusionMatrix> figure) {
    return plan.cleanModels()
        .filter(model -> model.treatment() == treatment)
        .map(confusion)
        .mapToDouble(figure)
        .toArray();
  }

  private List<PlannedPair> pairs(int attack, int budget, int treatment) {
    int arm = plan.arms().indexOf(new ExperimentPlan.Arm(attack, treatment));
    return plan.pairs().stream()
        .filter(pair -> pair.arm() == arm && pair.budget() == budget)
        .toList();
  }

  private dev.hemlock.proto.evaluation.v1.Sanitised sanitised(List<PlannedPair> pairs) {
    return dev.hemlock.proto.evaluation.v1.Sanitised.newBuilder()
        .setFlipsCaught(share(pairs, Sanitised::flipsCaught))
        .setCleanSamplesLost(share(pairs, Sanitised::cleanLost))
        .build();
  }

  private dev.hemlock.proto.evaluation.v1.Estimate share(
      List<PlannedPair> pairs, ToDoubleFunction<Sanitised> figure) {
    return EvaluationMapper.estimate(
        Estimate.ofShares(
            means(pairs, pair -> figure.applyAsDouble(sanitised.get(pair.poisoned())))));
  }

  private dev.hemlock.proto.evaluation.v1.Estimate cleanLost(int treatment) {
    return EvaluationMapper.estimate(
        Estimate.ofShares(
            plan.cleanModels()
                .filter(model -> model.treatment() == treatment)
                .mapToDouble(model -> sanitised.get(model).cleanLost())
                .toArray()));
  }

  private dev.hemlock.proto.evaluation.v1.DefenceEffect.Builder effect(
      int attack, int budget, Flipped labels, DefenceEffect effect) {
    var message =
        dev.hemlock.proto.evaluation.v1.DefenceEffect.newBuilder()
            .setAttack(plan.spec().getAttacks(attack).getLabel())
            .setBudget(budget)
            .setFlipped(EvaluationMapper.flipped(labels))
            .setUndefendedAttackSuccessRate(EvaluationMapper.estimate(effect.undefended()))
            .setDefendedAttackSuccessRate(EvaluationMapper.estimate(effect.defended()))
            .setRemoved(EvaluationMapper.estimate(effect.removed()))
            .setPValue(effect.pValue())
            .setAdjustedPValue(effect.adjustedPValue())
            .setUndefendedAccuracy(EvaluationMapper.estimate(effect.undefendedAccuracy()))
            .setDefendedAccuracy(EvaluationMapper.estimate(effect.defendedAccuracy()));
    effect.shareRemoved().map(DefenceBills::share).ifPresent(message::setShareRemoved);
    return message;
  }

  private static ShareRemoved share(RatioOfMeans ratio) {
    return ShareRemoved.newBuilder()
        .setEstimate(ratio.estimate())
        .setLow(ratio.interval().low())
        .setHigh(ratio.interval().high())
        .build();
  }
}
