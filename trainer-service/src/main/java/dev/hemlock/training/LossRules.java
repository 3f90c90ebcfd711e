package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TransitionRow;
import java.util.List;

/** Which losses and methods fit each other and the data. */
final class LossRules {
  private static final double ROUNDING = 1e-6;
  private static final String TRANSITION = "spec.recipe.forward_correction.transition";

  private LossRules() {}

  /**
   * Refuses a loss or a method that doesn't fit.
   *
   * @throws HemlockException INVALID_ARGUMENT
   */
  static void check(Recipe recipe, int classes) {
    if (recipe.getLabelSmoothing() != 0 && recipe.getLossCase() != Recipe.LossCase.LOSS_NOT_SET) {
      throw HemlockException.invalidArgument(
              "Label smoothing is a setting of cross-entropy; leave it out, or the other loss")
          .violating("spec.recipe.label_smoothing", "must be 0 with another loss");
    }
    if (recipe.hasEarlyLearning() && recipe.getMethodCase() != Recipe.MethodCase.METHOD_NOT_SET) {
      throw HemlockException.invalidArgument(
              "Early learning remembers the predictions of images as they are; leave the method out,"
                  + " or choose another loss")
          .violating("spec.recipe.early_learning", "must not be combined with a method");
    }
    if (recipe.hasForwardCorrection()) {
      checkTransition(recipe.getForwardCorrection().getTransitionList(), classes);
    }
  }

  private static void checkTransition(List<TransitionRow> rows, int classes) {
    boolean square =
        rows.size() == classes
            && rows.stream().allMatch(row -> row.getProbabilitiesCount() == classes);
    if (!square) {
      throw refused(
          "The transition matrix must have %d rows of %d probabilities, one for each class"
              .formatted(classes, classes));
    }
    for (int truth = 0; truth < classes; truth++) {
      double sum = rows.get(truth).getProbabilitiesList().stream().mapToDouble(p -> p).sum();
      if (!(Math.abs(sum - 1) <= ROUNDING)) {
        throw refused(
            "Row %d of the transition matrix adds up to %s; its probabilities must add up to 1"
                .formatted(truth + 1, sum));
      }
    }
    for (int label = 0; label < classes; label++) {
      int column = label;
      if (rows.stream().allMatch(row -> row.getProbabilities(column) == 0)) {
        throw refused(
            "Column %d of the transition matrix is 0, so no sample could have that label; give it a"
                    .formatted(label + 1)
                + " probability above 0 in some row");
      }
    }
  }

  private static HemlockException refused(String message) {
    return HemlockException.invalidArgument(message)
        .violating(TRANSITION, "must be a stochastic matrix of the snapshot's classes");
  }
}
