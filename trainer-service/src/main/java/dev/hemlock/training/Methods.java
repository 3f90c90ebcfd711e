package dev.hemlock.training;

import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.TrainingMethod;
import dev.hemlock.proto.training.v1.AdversarialTraining;
import dev.hemlock.proto.training.v1.CoTeaching;
import dev.hemlock.proto.training.v1.Recipe;
import java.util.List;

/** The training methods of recipes: their defaults, and what they mean. */
final class Methods {
  private Methods() {}

  /** Fills in what is left out of a recipe's method. */
  static void fillIn(Recipe.Builder recipe) {
    switch (recipe.getMethodCase()) {
      case MIXUP -> {
        var mixup = recipe.getMixupBuilder();
        mixup.setAlpha(mixup.getAlpha() == 0 ? 1 : mixup.getAlpha());
      }
      case CO_TEACHING -> {
        var both = recipe.getCoTeachingBuilder();
        both.setWarmUpEpochs(both.getWarmUpEpochs() == 0 ? 10 : both.getWarmUpEpochs());
      }
      case ADVERSARIAL_TRAINING -> {
        var attack = recipe.getAdversarialTrainingBuilder();
        attack
            .setEpsilon(attack.getEpsilon() == 0 ? 8 : attack.getEpsilon())
            .setStepSize(attack.getStepSize() == 0 ? 2 : attack.getStepSize())
            .setSteps(attack.getSteps() == 0 ? 7 : attack.getSteps());
      }
      case METHOD_NOT_SET -> {}
    }
  }

  /**
   * The method of a recipe with defaults filled in.
   *
   * @param seed of the run
   */
  static TrainingMethod of(Recipe recipe, Network network, int seed) {
    return switch (recipe.getMethodCase()) {
      case MIXUP -> new TrainingMethod.Mixup();
      case CO_TEACHING -> new TrainingMethod.CoTeaching(network.peer(seed));
      case ADVERSARIAL_TRAINING -> {
        AdversarialTraining attack = recipe.getAdversarialTraining();
        yield new TrainingMethod.Adversarial(
            attack.getEpsilon(), attack.getStepSize(), attack.getSteps());
      }
      case METHOD_NOT_SET -> new TrainingMethod.Plain();
    };
  }

  /** Networks that a method trains. */
  static int networks(Recipe recipe) {
    return recipe.hasCoTeaching() ? 2 : 1;
  }

  /**
   * The share of a batch that Co-teaching leaves out: it grows from 0 in the first epoch to the
   * recipe's after the warm-up (Han et al. 2018, 1 - R(T)).
   *
   * @param epoch from 0
   */
  static double forgetRate(Recipe recipe, int epoch) {
    CoTeaching both = recipe.getCoTeaching();
    return both.getForgetRate() * Math.min(1, (double) epoch / both.getWarmUpEpochs());
  }

  /** Of the networks that are trained, where each starts. */
  static List<Digest> initialDigests(NetworkState initial, TrainingMethod method) {
    return method instanceof TrainingMethod.CoTeaching both
        ? List.of(initial.parameterDigest(), both.peer().parameterDigest())
        : List.of(initial.parameterDigest());
  }
}
