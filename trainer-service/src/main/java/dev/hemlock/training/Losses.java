package dev.hemlock.training;

import dev.hemlock.common.torch.Loss;
import dev.hemlock.proto.training.v1.ActivePassive;
import dev.hemlock.proto.training.v1.EarlyLearning;
import dev.hemlock.proto.training.v1.ForwardCorrection;
import dev.hemlock.proto.training.v1.PassiveLoss;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.SymmetricCrossEntropy;
import dev.hemlock.proto.training.v1.TransitionRow;

/** The losses of recipes: their defaults, and what they mean. */
final class Losses {
  /** The authors of symmetric cross-entropy clip labels at 0.0001 before they take logarithms. */
  private static final double LOG_ZERO = StrictMath.log(1e-4);

  private Losses() {}

  /** Fills in what is left out of a recipe's loss. */
  static void fillIn(Recipe.Builder recipe) {
    switch (recipe.getLossCase()) {
      case GENERALISED_CROSS_ENTROPY -> {
        var loss = recipe.getGeneralisedCrossEntropyBuilder();
        loss.setQ(or(loss.getQ(), 0.7));
      }
      case SYMMETRIC_CROSS_ENTROPY -> {
        var loss = recipe.getSymmetricCrossEntropyBuilder();
        loss.setAlpha(or(loss.getAlpha(), 0.1))
            .setBeta(or(loss.getBeta(), 1))
            .setLogZero(or(loss.getLogZero(), LOG_ZERO));
      }
      case SOFT_BOOTSTRAPPING -> {
        var loss = recipe.getSoftBootstrappingBuilder();
        loss.setBeta(or(loss.getBeta(), 0.95));
      }
      case HARD_BOOTSTRAPPING -> {
        var loss = recipe.getHardBootstrappingBuilder();
        loss.setBeta(or(loss.getBeta(), 0.8));
      }
      case EARLY_LEARNING -> {
        var loss = recipe.getEarlyLearningBuilder();
        loss.setBeta(or(loss.getBeta(), 0.7)).setLambda(or(loss.getLambda(), 3));
      }
      case ACTIVE_PASSIVE -> fillIn(recipe.getActivePassiveBuilder());
      case FORWARD_CORRECTION, LOSS_NOT_SET -> {}
    }
  }

  private static void fillIn(ActivePassive.Builder loss) {
    loss.setAlpha(or(loss.getAlpha(), 1)).setBeta(or(loss.getBeta(), 1));
    if (loss.getPassive() == PassiveLoss.PASSIVE_LOSS_MEAN_ABSOLUTE_ERROR) {
      loss.clearLogZero();
    } else {
      loss.setPassive(PassiveLoss.PASSIVE_LOSS_REVERSE_CROSS_ENTROPY)
          .setLogZero(or(loss.getLogZero(), LOG_ZERO));
    }
  }

  private static double or(double value, double unset) {
    return value == 0 ? unset : value;
  }

  /**
   * The loss of a recipe with defaults filled in.
   *
   * @param samples of the training set
   */
  static Loss of(Recipe recipe, int samples) {
    return switch (recipe.getLossCase()) {
      case GENERALISED_CROSS_ENTROPY ->
          new Loss.GeneralisedCrossEntropy(recipe.getGeneralisedCrossEntropy().getQ());
      case SYMMETRIC_CROSS_ENTROPY -> {
        SymmetricCrossEntropy loss = recipe.getSymmetricCrossEntropy();
        yield new Loss.SymmetricCrossEntropy(loss.getAlpha(), loss.getBeta(), loss.getLogZero());
      }
      case FORWARD_CORRECTION -> forward(recipe.getForwardCorrection());
      case SOFT_BOOTSTRAPPING ->
          new Loss.Bootstrapping(recipe.getSoftBootstrapping().getBeta(), false);
      case HARD_BOOTSTRAPPING ->
          new Loss.Bootstrapping(recipe.getHardBootstrapping().getBeta(), true);
      case EARLY_LEARNING -> {
        EarlyLearning loss = recipe.getEarlyLearning();
        yield new Loss.EarlyLearning(loss.getBeta(), loss.getLambda(), samples);
      }
      case ACTIVE_PASSIVE -> activePassive(recipe.getActivePassive());
      case LOSS_NOT_SET -> new Loss.CrossEntropy(recipe.getLabelSmoothing());
    };
  }

  private static Loss forward(ForwardCorrection loss) {
    return new Loss.ForwardCorrection(
        loss.getTransitionList().stream().map(TransitionRow::getProbabilitiesList).toList());
  }

  private static Loss activePassive(ActivePassive loss) {
    boolean absolute = loss.getPassive() == PassiveLoss.PASSIVE_LOSS_MEAN_ABSOLUTE_ERROR;
    return new Loss.ActivePassive(
        loss.getAlpha(), loss.getBeta(), absolute ? 1 : -loss.getLogZero());
  }
}
