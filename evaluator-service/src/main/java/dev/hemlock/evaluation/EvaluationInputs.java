package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.TrainingRun;

/**
 * What an evaluation needs from the other services, checked to fit together.
 *
 * @param training SUCCEEDED
 * @param snapshot with the classes and the image shape that the model was trained on
 * @param split of the snapshot
 */
record EvaluationInputs(TrainingRun training, Snapshot snapshot, Split split) {

  /**
   * Looks the inputs up. Blocking.
   *
   * @throws HemlockException NOT_FOUND (training run or snapshot), INVALID_ARGUMENT (unknown
   *     split), FAILED_PRECONDITION (training not SUCCEEDED, other classes or image shape)
   */
  static EvaluationInputs of(
      EvaluationSpec spec, RemoteTrainings trainings, RemoteDatasets datasets) {
    TrainingRun training = trainings.get(spec.getTrainingRun());
    requireSucceeded(training);
    Snapshot snapshot = datasets.snapshot(spec.getSnapshot());
    requireFit(datasets.snapshot(training.getSpec().getSnapshot()), snapshot);
    return new EvaluationInputs(training, snapshot, split(snapshot, spec.getSplit()));
  }

  private static void requireSucceeded(TrainingRun training) {
    RunState state = training.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw RunStates.notSucceeded(training.getName(), state, "has no model")
          .with("trainingRun", training.getName())
          .with("state", RunStates.describe(state));
    }
  }

  private static void requireFit(Snapshot trainedOn, Snapshot snapshot) {
    if (!trainedOn.getClassNamesList().equals(snapshot.getClassNamesList())) {
      throw HemlockException.failedPrecondition(
              String.format(
                  "The model was trained on other classes (%d) than %s has (%d); use a snapshot"
                      + " with the same class names in the same order",
                  trainedOn.getClassNamesCount(),
                  snapshot.getName(),
                  snapshot.getClassNamesCount()))
          .with("snapshot", snapshot.getName());
    }
    if (!trainedOn.getImageShape().equals(snapshot.getImageShape())) {
      throw HemlockException.failedPrecondition(
              String.format(
                  "The model was trained on images of %s, and those of %s are %s; import the data"
                      + " with a resize to the model's shape",
                  SplitImages.shape(trainedOn), snapshot.getName(), SplitImages.shape(snapshot)))
          .with("snapshot", snapshot.getName());
    }
  }

  /** A split of a snapshot, or INVALID_ARGUMENT with the splits there are. */
  static Split split(Snapshot snapshot, String name) {
    return snapshot.getSplitsList().stream()
        .filter(split -> split.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () -> {
              String known =
                  String.join(", ", snapshot.getSplitsList().stream().map(Split::getName).toList());
              return HemlockException.invalidArgument(
                      "The snapshot has no split \"" + name + "\"; choose one of " + known)
                  .violating("spec.split", "must be one of: " + known);
            });
  }
}
