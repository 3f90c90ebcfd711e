package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.run.v1.RunState;

/** What certifications and audits ask for. */
final class CertificationRules {
  private CertificationRules() {}

  /**
   * Checks a spec against its data.
   *
   * @throws HemlockException INVALID_ARGUMENT: a split is missing, an unknown class, fewer training
   *     samples than models
   */
  static void check(CertificationSpec spec, Snapshot snapshot) {
    EvaluationInputs.split(snapshot, ExperimentPlan.TEST);
    int samples = EvaluationInputs.split(snapshot, ExperimentPlan.TRAIN).getSampleCount();
    int models = spec.getPartitions() * spec.getSpread();
    if (samples < models) {
      String message =
          "%d training samples are too few for %d models; ask for fewer partitions"
              .formatted(samples, models);
      throw HemlockException.invalidArgument(message).violating("spec.partitions", message);
    }
    if (!spec.getSourceClass().isEmpty()) {
      ExperimentRules.classIndex(
          "spec.source_class", spec.getSourceClass(), snapshot.getClassNamesList());
      ExperimentRules.classIndex(
          "spec.target_class", spec.getTargetClass(), snapshot.getClassNamesList());
    }
  }

  /** Checks that a certification has SUCCEEDED, or FAILED_PRECONDITION. */
  static Certification requireSucceeded(Certification certification) {
    RunState state = certification.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw RunStates.notSucceeded(certification.getName(), state, "certifies nothing");
    }
    return certification;
  }

  /**
   * Checks that two certifications are of one ensemble on the same images.
   *
   * @throws HemlockException FAILED_PRECONDITION
   */
  static void requireSameButLabels(
      Certification certified, Snapshot given, Certification attacked, Snapshot flipped) {
    if (!withoutSnapshot(certified).equals(withoutSnapshot(attacked))) {
      throw HemlockException.failedPrecondition(
          "%s and %s are of different ensembles; their specs may differ in the snapshot only"
              .formatted(certified.getName(), attacked.getName()));
    }
    if (!withoutTrainingLabels(given).equals(withoutTrainingLabels(flipped))) {
      throw HemlockException.failedPrecondition(
          "%s and %s differ in more than training labels; certificates cover flips of labels only"
              .formatted(given.getName(), flipped.getName()));
    }
  }

  private static CertificationSpec withoutSnapshot(Certification certification) {
    return certification.getSpec().toBuilder().clearSnapshot().build();
  }

  private static Snapshot withoutTrainingLabels(Snapshot snapshot) {
    Snapshot.Builder content = snapshot.toBuilder().clearName().clearSplits();
    for (Split split : snapshot.getSplitsList()) {
      content.addSplits(
          split.getName().equals(ExperimentPlan.TRAIN)
              ? split.toBuilder().clearLabelDigest().build()
              : split);
    }
    return content.build();
  }
}
