package dev.hemlock.evaluation;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.evaluation.Summary.Collateral;
import dev.hemlock.evaluation.statistics.Interval;
import dev.hemlock.evaluation.statistics.McNemar;
import dev.hemlock.evaluation.statistics.NestedVariance;
import dev.hemlock.proto.evaluation.v1.CollateralClass;
import dev.hemlock.proto.evaluation.v1.CollateralEstimate;
import dev.hemlock.proto.evaluation.v1.ConfusionRow;
import dev.hemlock.proto.evaluation.v1.EquivalenceTest;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.McNemarTest;
import dev.hemlock.proto.evaluation.v1.SignFlipTest;
import dev.hemlock.proto.evaluation.v1.VarianceSplit;
import java.util.List;
import java.util.stream.IntStream;

/** Between the messages of {@code hemlock.evaluation.v1} and the domain. */
final class EvaluationMapper {
  private EvaluationMapper() {}

  static EvaluationSpec withDefaults(EvaluationSpec spec) {
    return spec.getSplit().isEmpty()
        ? spec.toBuilder().setSplit(ExperimentPlan.TEST).build()
        : spec;
  }

  static EvaluationSpec spec(byte[] document) {
    return ProtoJson.parse(document, EvaluationSpec.newBuilder()).build();
  }

  static Evaluation evaluation(RunView run) {
    Evaluation.Builder evaluation = Evaluation.newBuilder();
    run.result().ifPresent(document -> ProtoJson.parse(document, evaluation));
    return evaluation.setName(run.name()).setSpec(spec(run.spec())).setStatus(run.status()).build();
  }

  static dev.hemlock.proto.evaluation.v1.Metrics metrics(Metrics metrics) {
    return dev.hemlock.proto.evaluation.v1.Metrics.newBuilder()
        .setAccuracy(metrics.accuracy())
        .setLoss(metrics.loss())
        .addAllConfusion(confusion(metrics.confusion()))
        .addAllPerClass(metrics.perClass().stream().map(EvaluationMapper::classMetrics).toList())
        .setCalibrationError(metrics.calibrationError())
        .build();
  }

  static ConfusionMatrix confusion(List<ConfusionRow> rows) {
    return ConfusionMatrix.ofRows(rows.stream().map(ConfusionRow::getCountsList).toList());
  }

  static dev.hemlock.proto.evaluation.v1.PairEffect effect(
      PairEffect effect, List<String> classNames) {
    var message =
        dev.hemlock.proto.evaluation.v1.PairEffect.newBuilder()
            .setCleanAttackSuccessRate(effect.cleanAttackSuccessRate())
            .setPoisonedAttackSuccessRate(effect.poisonedAttackSuccessRate())
            .setExcessAttackSuccessRate(effect.excessAttackSuccessRate())
            .setSourceRecallDrop(effect.sourceRecallDrop())
            .setTargetPrecisionDrop(effect.targetPrecisionDrop())
            .setAccuracyDrop(effect.accuracyDrop());
    effect
        .worstCollateral()
        .ifPresent(
            worst ->
                message.setWorstCollateral(
                    CollateralClass.newBuilder()
                        .setClassName(classNames.get(worst.classIndex()))
                        .setRecallDrop(worst.recallDrop())));
    return message.build();
  }

  static dev.hemlock.proto.evaluation.v1.Summary summary(Summary summary, List<String> classNames) {
    var message =
        dev.hemlock.proto.evaluation.v1.Summary.newBuilder()
            .setRatio(summary.ratio())
            .setPairCount(summary.pairCount())
            .setFlipCount(summary.flipped().count())
            .setFlipped(flipped(summary.flipped()))
            .setSeedCount(summary.seedCount())
            .setCleanAttackSuccessRate(estimate(summary.cleanAttackSuccessRate()))
            .setPoisonedAttackSuccessRate(estimate(summary.poisonedAttackSuccessRate()))
            .setExcessAttackSuccessRate(estimate(summary.excessAttackSuccessRate()))
            .setSourceRecallDrop(estimate(summary.sourceRecallDrop()))
            .setTargetPrecisionDrop(estimate(summary.targetPrecisionDrop()))
            .setAccuracyDrop(estimate(summary.accuracyDrop()))
            .setExcessTest(
                SignFlipTest.newBuilder()
                    .setPValue(summary.excessTest().pValue())
                    .setSmallestPValue(summary.excessTest().smallestPValue())
                    .setExact(summary.excessTest().exact()))
            .setAccuracyEquivalence(
                EquivalenceTest.newBuilder()
                    .setMargin(summary.accuracyEquivalence().margin())
                    .setPValue(summary.accuracyEquivalence().pValue())
                    .setPreserved(summary.accuracyEquivalence().shown()))
            .addAllCollateral(
                summary.collateral().stream().map(c -> collateral(c, classNames)).toList());
    summary
        .excessBootstrap()
        .map(EvaluationMapper::interval)
        .ifPresent(message::setExcessBootstrapInterval);
    summary
        .excessOverImages()
        .map(EvaluationMapper::interval)
        .ifPresent(message::setExcessSeedsByImagesInterval);
    summary.excessVariance().map(EvaluationMapper::variance).ifPresent(message::setExcessVariance);
    summary
        .worstCollateral()
        .ifPresent(worst -> message.setWorstCollateral(collateral(worst, classNames)));
    return message.build();
  }

  static FlippedLabels flipped(Flipped flipped) {
    return FlippedLabels.newBuilder()
        .setCount(flipped.count())
        .setClassShare(flipped.classShare())
        .setSplitShare(flipped.splitShare())
        .build();
  }

  static dev.hemlock.proto.evaluation.v1.Interval interval(Interval interval) {
    return dev.hemlock.proto.evaluation.v1.Interval.newBuilder()
        .setLow(interval.low())
        .setHigh(interval.high())
        .build();
  }

  private static VarianceSplit variance(NestedVariance variance) {
    return VarianceSplit.newBuilder()
        .setTrainingSeed(variance.trainingSeedFromZero())
        .setPoisonSeed(variance.poisonSeed())
        .setPValue(variance.pValue())
        .build();
  }

  static McNemarTest sourceTest(McNemar test) {
    return McNemarTest.newBuilder()
        .setCleanOnly(test.cleanOnly())
        .setPoisonedOnly(test.poisonedOnly())
        .setPValue(test.pValue())
        .build();
  }

  private static CollateralEstimate collateral(Collateral collateral, List<String> classNames) {
    return CollateralEstimate.newBuilder()
        .setClassName(classNames.get(collateral.classIndex()))
        .setRecallDrop(estimate(collateral.recallDrop()))
        .setPValue(collateral.pValue())
        .setAdjustedPValue(collateral.adjustedPValue())
        .build();
  }

  static List<ConfusionRow> confusion(ConfusionMatrix matrix) {
    return IntStream.range(0, matrix.classCount())
        .mapToObj(t -> ConfusionRow.newBuilder().addAllCounts(matrix.row(t)).build())
        .toList();
  }

  static dev.hemlock.proto.evaluation.v1.ClassMetrics classMetrics(ClassMetrics metrics) {
    return dev.hemlock.proto.evaluation.v1.ClassMetrics.newBuilder()
        .setClassName(metrics.className())
        .setPrecision(metrics.precision())
        .setRecall(metrics.recall())
        .setF1(metrics.f1())
        .setSupport(metrics.support())
        .build();
  }

  static dev.hemlock.proto.evaluation.v1.Estimate estimate(Estimate estimate) {
    return dev.hemlock.proto.evaluation.v1.Estimate.newBuilder()
        .setEstimate(estimate.estimate())
        .setLow(estimate.low())
        .setHigh(estimate.high())
        .build();
  }
}
