package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.DetectionSpec.DetectorCase;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.run.v1.RunState;

/** Fills in what a spec leaves out, and says what it may not hold. */
final class DetectionRules {
  private static final int FOLDS = 5;
  private static final int NEIGHBOURS = 10;
  private static final int CHECKPOINTS = 5;
  private static final double ALARM_RATE = 0.001;

  private DetectionRules() {}

  /**
   * Fills in what can be filled in without the trainer.
   *
   * @throws HemlockException INVALID_ARGUMENT: one fold, a recipe missing or not wanted
   */
  static DetectionSpec complete(DetectionSpec spec) {
    requireRecipe(spec);
    DetectionSpec.Builder complete = spec.toBuilder();
    if (spec.getSplit().isEmpty()) {
      complete.setSplit(ExperimentPlan.TRAIN);
    }
    switch (spec.getDetectorCase()) {
      case CONFIDENT_LEARNING -> {
        int folds = spec.getConfidentLearning().getFolds();
        if (folds == 1) {
          throw refused("spec.confident_learning.folds", "One fold leaves nothing to train on");
        }
        complete.getConfidentLearningBuilder().setFolds(folds == 0 ? FOLDS : folds);
      }
      case NEIGHBOUR_DISAGREEMENT -> {
        int neighbours = spec.getNeighbourDisagreement().getNeighbours();
        complete
            .getNeighbourDisagreementBuilder()
            .setNeighbours(neighbours == 0 ? NEIGHBOURS : neighbours);
      }
      case SPECTRAL_SIGNATURE -> {
        double rate = spec.getSpectralSignature().getAlarmRate();
        complete.getSpectralSignatureBuilder().setAlarmRate(rate == 0 ? ALARM_RATE : rate);
      }
      case DETECTOR_NOT_SET -> throw refused("spec", "There is no detector; set one");
      default -> {}
    }
    return complete.build();
  }

  /**
   * Fills in the checkpoints of a recipe that the trainer has filled in.
   *
   * @throws HemlockException INVALID_ARGUMENT: more than epochs, or a learning rate that depends on
   *     their number, since each point is a shorter run of the same recipe
   */
  static DetectionSpec withCheckpoints(DetectionSpec spec) {
    if (!hasCheckpoints(spec.getDetectorCase())) {
      return spec;
    }
    int epochs = spec.getRecipe().getEpochs();
    int asked =
        spec.hasAreaUnderMargin()
            ? spec.getAreaUnderMargin().getCheckpoints()
            : spec.getLossRanking().getCheckpoints();
    if (asked > epochs) {
      throw refused(
          "spec",
          "%d checkpoints of %d epochs; ask for at most one an epoch".formatted(asked, epochs));
    }
    if (spec.getRecipe().hasOneCycle()) {
      throw refused(
          "spec.recipe.schedule",
          "The learning rate of one_cycle depends on the number of epochs, so that a shorter run is"
              + " no checkpoint of a longer one; choose the schedule constant");
    }
    int checkpoints = asked == 0 ? Math.min(CHECKPOINTS, epochs) : asked;
    DetectionSpec.Builder complete = spec.toBuilder();
    if (spec.hasAreaUnderMargin()) {
      complete.getAreaUnderMarginBuilder().setCheckpoints(checkpoints);
    } else {
      complete.getLossRankingBuilder().setCheckpoints(checkpoints);
    }
    return complete.build();
  }

  /** Checks that a poisoning made a snapshot, or FAILED_PRECONDITION. */
  static void requireMade(Poisoning poisoning, String snapshot) {
    if (poisoning.getStatus().getState() != RunState.RUN_STATE_SUCCEEDED) {
      throw HemlockException.failedPrecondition(
          "%s is %s and has made no snapshot; wait until it has SUCCEEDED"
              .formatted(
                  poisoning.getName(), RunStates.describe(poisoning.getStatus().getState())));
    }
    if (!poisoning.getPoisonedSnapshot().equals(snapshot)) {
      throw HemlockException.failedPrecondition(
          "%s made %s, not %s; name the poisoning that made the judged snapshot"
              .formatted(poisoning.getName(), poisoning.getPoisonedSnapshot(), snapshot));
    }
  }

  private static void requireRecipe(DetectionSpec spec) {
    boolean bound = spec.hasOracle() || spec.hasRandomFilter();
    if (bound && spec.hasRecipe()) {
      throw refused("spec.recipe", "This detector trains nothing; leave the recipe out");
    }
    if (!bound && !spec.hasRecipe()) {
      throw refused(
          "spec.recipe", "There is no recipe; say how to train the models that give the evidence");
    }
  }

  private static boolean hasCheckpoints(DetectorCase detector) {
    return detector == DetectorCase.AREA_UNDER_MARGIN || detector == DetectorCase.LOSS_RANKING;
  }

  private static HemlockException refused(String field, String message) {
    return HemlockException.invalidArgument(message).violating(field, message);
  }
}
