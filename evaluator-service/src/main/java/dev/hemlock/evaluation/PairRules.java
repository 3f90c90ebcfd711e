package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.TrainingRun;

/**
 * When two evaluations are a pair: same test data, and training runs that differ in their data
 * only, which their stream digests prove for initial weights, sample order and augmentation.
 */
final class PairRules {
  private PairRules() {}

  /** FAILED_PRECONDITION unless both evaluations have SUCCEEDED on the same samples. */
  static void requireSameTest(Evaluation clean, Evaluation poisoned) {
    requireSucceeded(clean);
    requireSucceeded(poisoned);
    boolean same =
        clean.getSpec().getSnapshot().equals(poisoned.getSpec().getSnapshot())
            && clean.getSpec().getSplit().equals(poisoned.getSpec().getSplit());
    if (!same) {
      throw HemlockException.failedPrecondition(
          String.format(
              "The two were evaluated on different data (%s %s and %s %s); evaluate both on the"
                  + " same snapshot and split",
              clean.getSpec().getSnapshot(),
              clean.getSpec().getSplit(),
              poisoned.getSpec().getSnapshot(),
              poisoned.getSpec().getSplit()));
    }
  }

  /** FAILED_PRECONDITION unless the runs saw the same randomness and had the same recipe. */
  static void requirePair(TrainingRun clean, TrainingRun poisoned) {
    requireStreamDigest(clean);
    requireStreamDigest(poisoned);
    if (!clean.getStreamDigest().equals(poisoned.getStreamDigest())) {
      throw HemlockException.failedPrecondition(
              String.format(
                  "%s and %s are no pair: their stream digests differ (%s and %s), so they saw"
                      + " different initial weights, order or augmentation; train both with one"
                      + " seed and recipe on snapshots with the same samples",
                  clean.getName(),
                  poisoned.getName(),
                  clean.getStreamDigest(),
                  poisoned.getStreamDigest()))
          .with("cleanStreamDigest", clean.getStreamDigest())
          .with("poisonedStreamDigest", poisoned.getStreamDigest());
    }
    if (!clean.getSpec().getRecipe().equals(poisoned.getSpec().getRecipe())) {
      throw HemlockException.failedPrecondition(
          String.format(
              "%s and %s are no pair: their recipes differ; train both with one recipe",
              clean.getName(), poisoned.getName()));
    }
  }

  private static void requireStreamDigest(TrainingRun run) {
    if (run.getStreamDigest().isEmpty()) {
      throw HemlockException.failedPrecondition(
              run.getName()
                  + " has no stream digest, so nothing proves what randomness it saw; compare runs"
                  + " that have SUCCEEDED")
          .with("trainingRun", run.getName());
    }
  }

  private static void requireSucceeded(Evaluation evaluation) {
    RunState state = evaluation.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw HemlockException.failedPrecondition(
          String.format(
              "%s is %s; compare it once it has SUCCEEDED",
              evaluation.getName(), RunStates.describe(state)));
    }
  }
}
