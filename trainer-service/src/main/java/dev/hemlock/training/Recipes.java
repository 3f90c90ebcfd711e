package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.proto.training.v1.Adam;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.Sgd;
import dev.hemlock.proto.training.v1.TrainingSpec;

/** Specs with their defaults filled in, and what recipes mean. */
final class Recipes {
  private static final String DEFAULT_SPLIT = "train";
  private static final int DEFAULT_BATCH = 128;
  private static final int RESNET18_EPOCHS = 10;
  private static final int SMALLCNN_EPOCHS = 50;

  private Recipes() {}

  /** The one form of a spec: every default filled in, nothing left that changes nothing. */
  static TrainingSpec withDefaults(TrainingSpec spec) {
    TrainingSpec.Builder full = spec.toBuilder();
    if (full.getSplit().isEmpty()) {
      full.setSplit(DEFAULT_SPLIT);
    }
    Recipe.Builder recipe = full.getRecipeBuilder();
    if (recipe.getEpochs() == 0) {
      recipe.setEpochs(
          architecture(spec.getRecipe()) == Architecture.RESNET18
              ? RESNET18_EPOCHS
              : SMALLCNN_EPOCHS);
    }
    if (recipe.getBatchSize() == 0) {
      recipe.setBatchSize(DEFAULT_BATCH);
    }
    if (recipe.getPrecision() == dev.hemlock.proto.training.v1.Precision.PRECISION_UNSPECIFIED) {
      recipe.setPrecision(dev.hemlock.proto.training.v1.Precision.PRECISION_FP32);
    }
    if (recipe.hasAugmentation() && augmentation(spec.getRecipe()).isNone()) {
      recipe.clearAugmentation();
    }
    if (recipe.hasSgd()) {
      fill(recipe.getSgdBuilder());
    } else {
      fill(recipe.getAdamBuilder());
    }
    return full.build();
  }

  private static void fill(Sgd.Builder sgd) {
    sgd.setLearningRate(or(sgd.getLearningRate(), 0.1));
  }

  private static void fill(Adam.Builder adam) {
    adam.setLearningRate(or(adam.getLearningRate(), 0.001))
        .setBeta1(or(adam.getBeta1(), 0.9))
        .setBeta2(or(adam.getBeta2(), 0.999))
        .setEpsilon(or(adam.getEpsilon(), 1e-8));
  }

  private static double or(double value, double unset) {
    return value == 0 ? unset : value;
  }

  static Architecture architecture(Recipe recipe) {
    return switch (recipe.getArchitecture()) {
      case ARCHITECTURE_RESNET18 -> Architecture.RESNET18;
      case ARCHITECTURE_SMALLCNN -> Architecture.SMALLCNN;
      default ->
          throw HemlockException.invalidArgument(
                  "The recipe names no architecture Hemlock knows; use ARCHITECTURE_RESNET18 or"
                      + " ARCHITECTURE_SMALLCNN")
              .violating("spec.recipe.architecture", "must be a known architecture");
    };
  }

  static Precision precision(Recipe recipe) {
    return recipe.getPrecision() == dev.hemlock.proto.training.v1.Precision.PRECISION_BF16
        ? Precision.BF16
        : Precision.FP32;
  }

  /** The optimiser of a recipe with defaults filled in. */
  static Optimizer optimizer(Recipe recipe) {
    if (recipe.hasSgd()) {
      Sgd sgd = recipe.getSgd();
      return new Optimizer.Sgd(sgd.getLearningRate(), sgd.getMomentum(), sgd.getWeightDecay());
    }
    Adam adam = recipe.getAdam();
    return new Optimizer.Adam(
        adam.getLearningRate(),
        adam.getBeta1(),
        adam.getBeta2(),
        adam.getEpsilon(),
        adam.getWeightDecay());
  }

  static Augmentation augmentation(Recipe recipe) {
    return new Augmentation(
        recipe.getAugmentation().getHorizontalFlip(), recipe.getAugmentation().getCropPadding());
  }

  /** The learning rate, for messages. */
  static double learningRate(Recipe recipe) {
    return recipe.hasSgd() ? recipe.getSgd().getLearningRate() : recipe.getAdam().getLearningRate();
  }
}
