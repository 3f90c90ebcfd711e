package dev.hemlock.evaluation;

import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.ExperimentPlan.PlannedPair;
import dev.hemlock.evaluation.ExperimentPlan.Poisoned;
import dev.hemlock.evaluation.statistics.McNemar;
import dev.hemlock.evaluation.statistics.SeedsByImagesBootstrap;
import dev.hemlock.proto.dataset.v1.Provenance;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.CurvePoint;
import dev.hemlock.proto.evaluation.v1.DataLineage;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.FlippedSample;
import dev.hemlock.proto.evaluation.v1.LineageStep;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Puts an experiment's report together from what its jobs gave. A pure function: the same jobs give
 * the same report. When and on what they ran is no part of it; the caller adds that.
 */
final class ReportAssembly {
  private final ExperimentPlan plan;
  private final ExperimentRun.Outcome outcome;
  private final Data data;
  private final List<String> classNames;
  private final int source;
  private final int target;

  /**
   * What the dataset service knows of the data.
   *
   * @param lineage the import first
   */
  record Data(Snapshot snapshot, SnapshotStatistics statistics, List<Provenance> lineage) {}

  ReportAssembly(ExperimentPlan plan, ExperimentRun.Outcome outcome, Data data) {
    this.plan = plan;
    this.outcome = outcome;
    this.data = data;
    this.classNames = data.snapshot().getClassNamesList();
    this.source = classNames.indexOf(plan.spec().getSourceClass());
    this.target = classNames.indexOf(plan.spec().getTargetClass());
  }

  /**
   * @param flips flipped samples of the headline ratio to be shown
   * @param hits the test samples of the source class that each model reads as the target
   * @throws dev.hemlock.common.error.HemlockException FAILED_PRECONDITION if two models are no pair
   */
  ExperimentReport report(String experiment, List<Flip> flips, Map<Model, BitSet> hits) {
    ExperimentSpec spec = plan.spec();
    List<List<Summary>> summaries =
        range(plan.arms().size())
            .map(arm -> range(spec.getBudgetsCount()).map(b -> summary(arm, b, hits)).toList())
            .toList();
    Summary headline = summaries.get(0).get(0);
    ExperimentReport.Builder report =
        ExperimentReport.newBuilder()
            .setExperiment(experiment)
            .setVerdict(VerdictSentence.of(headline, words(0)))
            .setSummary(EvaluationMapper.summary(headline, classNames))
            .addAllArms(range(plan.arms().size()).map(arm -> arm(arm, summaries.get(arm))).toList())
            .addAllPairs(plan.pairs().stream().map(p -> pair(p, hits)).toList())
            .setSpec(spec)
            .setData(lineage())
            .addAllCaveats(caveats(summaries.stream().flatMap(List::stream).toList()))
            .addAllFlippedSamples(flips.stream().map(ReportAssembly::flipped).toList());
    if (spec.hasDefences()) {
      report
          .setDefenceBill(
              new DefenceBills(
                      plan, this::confusion, this::flipped, outcome.sanitised(), source, target)
                  .bill())
          .addAllCaveats(
              Caveats.ofDefences(
                  spec.getRecipes(0).getLabel(), spec.getDefences().getCompareCount()));
    }
    return report.build();
  }

  private Arm arm(int index, List<Summary> summaries) {
    ExperimentPlan.Arm arm = plan.arms().get(index);
    DoseResponseCurve curve = curve(index);
    return Arm.newBuilder()
        .setAttack(plan.spec().getAttacks(arm.attack()).getLabel())
        .setRecipe(plan.label(arm.treatment()))
        .addAllSummaries(
            summaries.stream().map(s -> EvaluationMapper.summary(s, classNames)).toList())
        .setDoseResponse(curve.toProto())
        .addAllSentences(VerdictSentences.of(summaries.get(0), curve, words(index), classNames))
        .setEvaluatedEpoch(plan.recipe(arm.treatment()).getEpochs())
        .build();
  }

  private ArmWords words(int arm) {
    return ArmWords.of(plan.spec(), plan.arms().get(arm));
  }

  private DoseResponseCurve curve(int arm) {
    List<DoseResponseCurve.Dose> doses =
        range(plan.spec().getBudgetsCount())
            .map(
                budget ->
                    new DoseResponseCurve.Dose(
                        flipped(pairs(arm, budget).get(0)),
                        Summary.values(effects(arm, budget), PairEffect::excessAttackSuccessRate)))
            .toList();
    return DoseResponseCurve.of(
        doses, plan.spec().getHarmfulExcess(), test().getClassCounts(source));
  }

  private Summary summary(int arm, int budget, Map<Model, BitSet> hits) {
    List<PlannedPair> pairs = pairs(arm, budget);
    return Summary.of(
        ratio(pairs.get(0)),
        flipped(pairs.get(0)),
        effects(arm, budget),
        bySeed(pairs).stream().map(seed -> overImages(seed, hits)).toList(),
        plan.spec().getAccuracyMargin());
  }

  private double[] overImages(List<PlannedPair> seed, Map<Model, BitSet> hits) {
    return SeedsByImagesBootstrap.effects(
        hits.get(seed.get(0).clean()),
        seed.stream().map(pair -> hits.get(pair.poisoned())).toList(),
        test().getClassCounts(source));
  }

  private List<PlannedPair> pairs(int arm, int budget) {
    return plan.pairs().stream().filter(p -> p.arm() == arm && p.budget() == budget).toList();
  }

  private List<List<PairEffect>> effects(int arm, int budget) {
    return bySeed(pairs(arm, budget)).stream()
        .map(seed -> seed.stream().map(this::effect).toList())
        .toList();
  }

  private List<List<PlannedPair>> bySeed(List<PlannedPair> pairs) {
    int draws = ExperimentPlan.draws(plan.spec());
    return range(pairs.size() / draws)
        .map(seed -> pairs.subList(seed * draws, (seed + 1) * draws))
        .toList();
  }

  private static Stream<Integer> range(int end) {
    return IntStream.range(0, end).boxed();
  }

  private SplitStatistics test() {
    return data.statistics().getSplitsList().stream()
        .filter(split -> split.getSplit().equals(ExperimentPlan.TEST))
        .findFirst()
        .orElseThrow();
  }

  private List<String> caveats(List<Summary> summaries) {
    return Caveats.of(
        test().getSampleCount(),
        test().getClassCounts(source),
        classNames.get(source),
        new Caveats.Choices(
            plan.spec().getAttacksList().stream().map(ExperimentAttack::getLabel).toList(),
            range(plan.spec().getAttacksCount())
                .filter(this::choosesOnce)
                .map(attack -> plan.spec().getAttacks(attack).getLabel())
                .toList(),
            plan.spec().getPoisonSeedsList()),
        (int) plan.pairs().stream().filter(this::mixesEnvironments).count(),
        summaries);
  }

  /** Whether an attack flips the same samples whatever the seed; equal labels have one name. */
  private boolean choosesOnce(int attack) {
    return range(plan.spec().getBudgetsCount())
        .map(
            budget ->
                plan.poisonings().stream()
                    .filter(p -> p.attack() == attack && p.budget() == budget)
                    .map(p -> outcome.poisonings().get(p).getPoisonedSnapshot())
                    .distinct()
                    .count())
        .allMatch(choices -> choices <= 1);
  }

  private boolean mixesEnvironments(PlannedPair pair) {
    return !outcome
        .trainings()
        .get(pair.clean())
        .getEnvironment()
        .equals(outcome.trainings().get(pair.poisoned()).getEnvironment());
  }

  private PairEffect effect(PlannedPair pair) {
    return PairEffect.of(confusion(pair.clean()), confusion(pair.poisoned()), source, target);
  }

  private ConfusionMatrix confusion(Model model) {
    return EvaluationMapper.confusion(
        outcome.evaluations().get(model).getMetrics().getConfusionList());
  }

  private Pair pair(PlannedPair pair, Map<Model, BitSet> hits) {
    TrainingRun clean = outcome.trainings().get(pair.clean());
    TrainingRun poisoned = outcome.trainings().get(pair.poisoned());
    if (!plan.needsFirstModels(pair.clean().treatment())) {
      PairRules.requirePair(clean, poisoned);
    }
    PairEffect effect = effect(pair);
    return Pair.newBuilder()
        .setArm(pair.arm())
        .setBudget(pair.budget())
        .setDraw(pair.draw())
        .setRatio(ratio(pair))
        .setSeed(pair.seed())
        .setPoisonSeed(pair.poisonSeed())
        .setPoisoning(poisoning(pair).map(Poisoning::getName).orElse(""))
        .setFlipCount(flipped(pair).count())
        .setStreamDigest(
            clean.getStreamDigest().equals(poisoned.getStreamDigest())
                ? clean.getStreamDigest()
                : "")
        .setClean(member(pair.clean()))
        .setPoisoned(member(pair.poisoned()))
        .setEffect(EvaluationMapper.effect(effect, classNames))
        .setCleanAttackSuccessInterval(EvaluationMapper.interval(effect.cleanInterval()))
        .setPoisonedAttackSuccessInterval(EvaluationMapper.interval(effect.poisonedInterval()))
        .setSourceTest(
            EvaluationMapper.sourceTest(
                McNemar.of(hits.get(pair.clean()), hits.get(pair.poisoned()))))
        .build();
  }

  private Optional<Poisoning> poisoning(PlannedPair pair) {
    Optional<Poisoned> poisoned = pair.poisoned().data();
    return poisoned.map(outcome.poisonings()::get);
  }

  private Flipped flipped(PlannedPair pair) {
    return poisoning(pair).map(Flipped::of).orElse(Flipped.NONE);
  }

  private double ratio(PlannedPair pair) {
    ExperimentBudget budget = plan.spec().getBudgets(pair.budget());
    return budget.hasClassShare() ? budget.getClassShare() : flipped(pair).classShare();
  }

  private PairMember member(Model model) {
    TrainingRun training = outcome.trainings().get(model);
    Evaluation evaluation = outcome.evaluations().get(model);
    return PairMember.newBuilder()
        .setRun(training.getName())
        .setEvaluation(evaluation.getName())
        .setSnapshot(training.getSpec().getSnapshot())
        .setWeightsDigest(training.getModel().getWeightsDigest())
        .setAccuracy(evaluation.getMetrics().getAccuracy())
        .addAllConfusion(evaluation.getMetrics().getConfusionList())
        .addAllPerClass(evaluation.getMetrics().getPerClassList())
        .setCalibrationError(evaluation.getMetrics().getCalibrationError())
        .addAllCurve(training.getEpochsList().stream().map(ReportAssembly::point).toList())
        .build();
  }

  private static CurvePoint point(EpochMetrics epoch) {
    return CurvePoint.newBuilder()
        .setEpoch(epoch.getEpoch())
        .setLoss(epoch.getLoss())
        .setAccuracy(epoch.getAccuracy())
        .build();
  }

  private DataLineage lineage() {
    List<LineageStep> steps = new ArrayList<>();
    for (Provenance provenance : data.lineage()) {
      steps.add(
          LineageStep.newBuilder()
              .setSnapshot(provenance.getSnapshot())
              .setTransformation(provenance.getTransformation())
              .setParametersJson(provenance.getParametersJson())
              .setSource(provenance.getSource())
              .setSourceDigest(provenance.getSourceDigest())
              .build());
    }
    return DataLineage.newBuilder()
        .setStatistics(data.statistics())
        .addAllClassNames(classNames)
        .setImageShape(data.snapshot().getImageShape())
        .addAllSteps(steps)
        .build();
  }

  private static FlippedSample flipped(Flip flip) {
    return FlippedSample.newBuilder()
        .setSampleId(flip.getSampleId())
        .setFromClass(flip.getFromClass())
        .setToClass(flip.getToClass())
        .build();
  }
}
