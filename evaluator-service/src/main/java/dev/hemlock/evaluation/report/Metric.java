package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.PairEffect;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The four effects of a poisoning, each a difference that is positive when it harms. */
enum Metric {
  EXCESS_ATTACK_SUCCESS_RATE(
      "Excess attack success",
      Summary::getExcessAttackSuccessRate,
      PairEffect::getExcessAttackSuccessRate),
  SOURCE_RECALL_DROP(
      "Source recall drop", Summary::getSourceRecallDrop, PairEffect::getSourceRecallDrop),
  TARGET_PRECISION_DROP(
      "Target precision drop", Summary::getTargetPrecisionDrop, PairEffect::getTargetPrecisionDrop),
  ACCURACY_DROP("Accuracy drop", Summary::getAccuracyDrop, PairEffect::getAccuracyDrop);

  private final String label;
  private final Function<Summary, Estimate> mean;
  private final ToDoubleFunction<PairEffect> single;

  Metric(String label, Function<Summary, Estimate> mean, ToDoubleFunction<PairEffect> single) {
    this.label = label;
    this.mean = mean;
    this.single = single;
  }

  /** Its name in files, that of the field of {@code PairEffect}. */
  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  String label() {
    return label;
  }

  Estimate of(Summary summary) {
    return mean.apply(summary);
  }

  double of(PairEffect effect) {
    return single.applyAsDouble(effect);
  }

  /** What it means in the words of this experiment. */
  String meaning(ExperimentSpec spec) {
    String source = spec.getSourceClass();
    String target = spec.getTargetClass();
    return switch (this) {
      case EXCESS_ATTACK_SUCCESS_RATE ->
          "how much more of true " + source + " is read as " + target + " after poisoning";
      case SOURCE_RECALL_DROP -> "share of true " + source + " no longer recognised";
      case TARGET_PRECISION_DROP -> "share of answers “" + target + "” that became wrong";
      case ACCURACY_DROP -> "share of the whole test split no longer right";
    };
  }
}
