package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.proto.training.v1.Adam;
import dev.hemlock.proto.training.v1.Constant;
import dev.hemlock.proto.training.v1.OneCycle;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.Sgd;
import dev.hemlock.proto.training.v1.TrainingSpec;

/** Specs with their defaults filled in, and what recipes mean. */
final class Recipes {
  private static final String DEFAULT_SPLIT = "train";
  private static final int DEFAULT_BATCH = 128;

  private Recipes() {}

  /** The one form of a spec: every default filled in, nothing left that changes nothing. */
  static TrainingSpec withDefaults(TrainingSpec spec) {
    TrainingSpec.Builder full = spec.toBuilder();
    if (full.getSplit().isEmpty()) {
      full.setSplit(DEFAULT_SPLIT);
    }
    Recipe.Builder recipe = full.getRecipeBuilder();
    Architecture architecture = architecture(spec.getRecipe());
    if (recipe.getEpochs() == 0) {
      recipe.setEpochs(epochs(architecture));
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
      fill(recipe.getAdamBuilder(), adamRate(architecture));
    }
    if (recipe.hasOneCycle() || (!recipe.hasConstant() && architecture == Architecture.FAST)) {
      fill(recipe.getOneCycleBuilder());
    } else {
      recipe.setConstant(Constant.getDefaultInstance());
    }
    Losses.fillIn(recipe);
    Methods.fillIn(recipe);
    return full.build();
  }

  private static int epochs(Architecture architecture) {
    return switch (architecture) {
      case RESNET18, FAST -> 10;
      case SMALLCNN -> 50;
    };
  }

  private static double adamRate(Architecture architecture) {
    return architecture == Architecture.FAST ? 0.005 : 0.001;
  }

  private static void fill(Sgd.Builder sgd) {
    sgd.setLearningRate(or(sgd.getLearningRate(), 0.1));
  }

  private static void fill(OneCycle.Builder cycle) {
    cycle
        .setWarmUp(or(cycle.getWarmUp(), 0.3))
        .setInitialFactor(or(cycle.getInitialFactor(), 4e-2))
        .setFinalFactor(or(cycle.getFinalFactor(), 4e-6));
  }

  private static void fill(Adam.Builder adam, double rate) {
    adam.setLearningRate(or(adam.getLearningRate(), rate))
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
      case ARCHITECTURE_FAST -> Architecture.FAST;
      default ->
          throw HemlockException.invalidArgument(
                  "The recipe names no architecture Hemlock knows; use ARCHITECTURE_RESNET18,"
                      + " ARCHITECTURE_SMALLCNN or ARCHITECTURE_FAST")
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

  /** The schedule of a recipe with defaults filled in. */
  static Schedule schedule(Recipe recipe) {
    if (!recipe.hasOneCycle()) {
      return new Schedule.Constant();
    }
    OneCycle cycle = recipe.getOneCycle();
    return new Schedule.OneCycle(
        cycle.getWarmUp(), cycle.getInitialFactor(), cycle.getFinalFactor());
  }

  static Augmentation augmentation(Recipe recipe) {
    return new Augmentation(
        recipe.getAugmentation().getHorizontalFlip(), recipe.getAugmentation().getCropPadding());
  }

  /** The optimiser's learning rate, which is the peak of a schedule. */
  static double learningRate(Recipe recipe) {
    return recipe.hasSgd() ? recipe.getSgd().getLearningRate() : recipe.getAdam().getLearningRate();
  }
}
