package dev.hemlock.cli;

import dev.hemlock.proto.training.v1.Adam;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Augmentation;
import dev.hemlock.proto.training.v1.Constant;
import dev.hemlock.proto.training.v1.OneCycle;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.Sgd;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How to train, as options of a command. What is not given is the server's default. */
final class RecipeOptions {
  enum Name {
    RESNET18,
    SMALLCNN,
    FAST
  }

  enum OptimizerName {
    ADAM,
    SGD
  }

  enum ScheduleName {
    CONSTANT,
    ONE_CYCLE
  }

  enum PrecisionName {
    FP32,
    BF16
  }

  @Option(
      names = "--recipe",
      defaultValue = "SMALLCNN",
      description = "resnet18, smallcnn or fast (default: smallcnn).")
  private Name name;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training data.")
  private int epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Samples a step (default: 128).")
  private int batchSize;

  @Option(names = "--optimizer", description = "adam (default) or sgd.")
  private Optional<OptimizerName> optimizer = Optional.empty();

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "Learning rate.")
  private double learningRate;

  @Option(names = "--momentum", paramLabel = "M", description = "Momentum of sgd.")
  private double momentum;

  @Option(names = "--weight-decay", paramLabel = "W", description = "L2 penalty.")
  private double weightDecay;

  @Option(
      names = "--schedule",
      description =
          "constant (default), or one_cycle: the learning rate rises and falls (default of fast).")
  private Optional<ScheduleName> schedule = Optional.empty();

  @Option(
      names = "--label-smoothing",
      paramLabel = "SHARE",
      description = "Share of each label spread evenly over all classes (default: 0).")
  private double labelSmoothing;

  @Option(
      names = "--loss",
      paramLabel = "LOSS[:KEY=VALUE,...]",
      description =
          "generalised-cross-entropy:q=0.7, symmetric-cross-entropy, forward-correction:FILE,"
              + " soft-bootstrapping, hard-bootstrapping, early-learning or active-passive with the"
              + " settings of docs/defences.md (default: cross-entropy).")
  private Optional<String> loss = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "METHOD[:KEY=VALUE,...]",
      description =
          "mixup:alpha=1, co-teaching:forget-rate=SHARE (informed) or adversarial-training, with the"
              + " settings of docs/defences.md (default: train on batches as they are).")
  private Optional<String> method = Optional.empty();

  @Option(
      names = "--precision",
      description = "fp32 (default), or bf16 where the processor has it.")
  private Optional<PrecisionName> precision = Optional.empty();

  @Option(names = "--flip", description = "Mirror training images at random.")
  private boolean horizontalFlip;

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      description = "Shift training images by up to this many pixels at random.")
  private int cropPadding;

  /**
   * The recipe.
   *
   * @throws CliException if options contradict each other
   */
  Recipe recipe() {
    Recipe.Builder recipe =
        Recipe.newBuilder()
            .setArchitecture(Architecture.valueOf("ARCHITECTURE_" + name))
            .setEpochs(epochs)
            .setBatchSize(batchSize)
            .setLabelSmoothing(labelSmoothing);
    if (optimizer.orElse(OptimizerName.ADAM) == OptimizerName.SGD) {
      recipe.setSgd(
          Sgd.newBuilder()
              .setLearningRate(learningRate)
              .setMomentum(momentum)
              .setWeightDecay(weightDecay));
    } else if (momentum != 0) {
      throw new CliException(
          "--momentum is a setting of sgd; add --optimizer sgd or leave it out.");
    } else {
      recipe.setAdam(Adam.newBuilder().setLearningRate(learningRate).setWeightDecay(weightDecay));
    }
    schedule.ifPresent(
        value -> {
          switch (value) {
            case CONSTANT -> recipe.setConstant(Constant.getDefaultInstance());
            case ONE_CYCLE -> recipe.setOneCycle(OneCycle.getDefaultInstance());
          }
        });
    loss.ifPresent(value -> Choice.set(recipe, "loss", value));
    method.ifPresent(value -> Choice.set(recipe, "method", value));
    precision.ifPresent(value -> recipe.setPrecision(Precision.valueOf("PRECISION_" + value)));
    if (horizontalFlip || cropPadding != 0) {
      recipe.setAugmentation(
          Augmentation.newBuilder().setHorizontalFlip(horizontalFlip).setCropPadding(cropPadding));
    }
    return recipe.build();
  }
}
