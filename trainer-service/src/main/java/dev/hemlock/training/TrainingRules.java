package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.OptionalLong;

/** Which specs can be trained. Every refusal says what to change. */
final class TrainingRules {
  private static final int SMALLEST_SIDE = 8;
  private static final int SMALLCNN_LARGEST_SIDE = 32;
  private static final int MOST_CLASSES = 1000;
  private static final long LARGEST_BATCH_BYTES = 256L << 20;

  private TrainingRules() {}

  /**
   * Refuses what can't be trained.
   *
   * @param spec with defaults filled in
   * @return the split to train on
   * @throws HemlockException INVALID_ARGUMENT
   */
  static Split check(TrainingSpec spec, Snapshot snapshot) {
    Split split = TrainingSnapshots.split(snapshot, spec.getSplit());
    Recipe recipe = spec.getRecipe();
    ImageShape shape = TrainingSnapshots.shape(snapshot);
    Architecture architecture = Recipes.architecture(recipe);
    int classes = snapshot.getClassNamesCount();
    if (split.getSampleCount() < 1 || classes < 2 || classes > MOST_CLASSES) {
      throw HemlockException.invalidArgument(
              ("Training needs 1 sample and 2 to %d classes; split '%s' of %s has %d samples of %d"
                      + " classes. Choose another snapshot or split")
                  .formatted(
                      MOST_CLASSES,
                      split.getName(),
                      snapshot.getName(),
                      split.getSampleCount(),
                      classes))
          .violating("spec.snapshot", "must have 2 to " + MOST_CLASSES + " classes");
    }
    checkSides(architecture, shape);
    checkBatch(recipe, Network.of(architecture, shape, classes), split.getSampleCount());
    checkAugmentation(recipe, shape);
    LossRules.check(recipe, classes);
    return split;
  }

  /**
   * Refuses a precision that this machine can only emulate.
   *
   * @throws HemlockException FAILED_PRECONDITION
   */
  static void checkPrecision(Recipe recipe, boolean cpu, Processor processor) {
    if (Recipes.precision(recipe) == Precision.BF16 && cpu && !processor.hasBfloat16()) {
      throw HemlockException.failedPrecondition(
              "The processor (%s) has no bfloat16 arithmetic (avx512_bf16, amx_bf16 or bf16); use"
                      .formatted(processor.model())
                  + " PRECISION_FP32")
          .violating("spec.recipe.precision", "must be PRECISION_FP32 on this machine");
    }
  }

  /**
   * Refuses what would not fit into memory.
   *
   * @param spec that {@link #check} lets pass
   * @param limit bytes that a run may take
   * @throws HemlockException FAILED_PRECONDITION
   */
  static void checkMemory(TrainingSpec spec, Snapshot snapshot, OptionalLong limit) {
    Recipe recipe = spec.getRecipe();
    ImageShape shape = TrainingSnapshots.shape(snapshot);
    TrainingMemory memory = memory(spec, snapshot);
    int batch = Math.min(recipe.getBatchSize(), samples(spec, snapshot));
    long needed = memory.bytes(batch);
    if (limit.isEmpty() || needed <= limit.getAsLong()) {
      return;
    }
    int fits = memory.largestBatch(limit.getAsLong());
    throw HemlockException.failedPrecondition(
            ("Training %s on batches of %d images of %d x %d takes about %s of memory, and a run"
                    + " has %s here. %s, import the images with a resize policy, or give a run more"
                    + " memory (hemlock.trainer.memory-bytes, fewer runs at a time, another"
                    + " machine)")
                .formatted(
                    Recipes.architecture(recipe).id(),
                    batch,
                    shape.height(),
                    shape.width(),
                    gibibytes(needed),
                    gibibytes(limit.getAsLong()),
                    fits < 2
                        ? "No batch size fits: choose a smaller network"
                        : "Lower the batch size to " + fits + " or less"))
        .with("neededBytes", Long.toString(needed))
        .with("limitBytes", Long.toString(limit.getAsLong()))
        .with("largestBatchSize", Integer.toString(fits))
        .violating("spec.recipe.batch_size", "is too large for the memory of a run");
  }

  /**
   * Whether all training images stay on a device: on a GPU, if they are not augmented, which the
   * processor does, and fit beside what training takes.
   *
   * @param limit bytes that a run may take
   */
  static boolean staysOn(
      TorchDevice device, TrainingSpec spec, Snapshot snapshot, OptionalLong limit) {
    if (device.isCpu() || !Recipes.augmentation(spec.getRecipe()).isNone() || limit.isEmpty()) {
      return false;
    }
    int samples = samples(spec, snapshot);
    int batch = Math.min(spec.getRecipe().getBatchSize(), samples);
    long images = (long) samples * TrainingSnapshots.shape(snapshot).stride();
    return memory(spec, snapshot).bytes(batch) + images <= limit.getAsLong();
  }

  private static TrainingMemory memory(TrainingSpec spec, Snapshot snapshot) {
    Recipe recipe = spec.getRecipe();
    int classes = snapshot.getClassNamesCount();
    return TrainingMemory.of(
        Network.of(Recipes.architecture(recipe), TrainingSnapshots.shape(snapshot), classes),
        Recipes.precision(recipe),
        Methods.networks(recipe),
        recipe.hasEarlyLearning() ? (long) samples(spec, snapshot) * classes * Double.BYTES : 0);
  }

  private static int samples(TrainingSpec spec, Snapshot snapshot) {
    return TrainingSnapshots.split(snapshot, spec.getSplit()).getSampleCount();
  }

  private static String gibibytes(long bytes) {
    return "%.1f GiB".formatted(bytes / (double) (1 << 30));
  }

  private static void checkSides(Architecture architecture, ImageShape shape) {
    int small = Math.min(shape.height(), shape.width());
    int large = Math.max(shape.height(), shape.width());
    if (small < SMALLEST_SIDE
        || (architecture == Architecture.SMALLCNN && large > SMALLCNN_LARGEST_SIDE)) {
      String range =
          architecture == Architecture.SMALLCNN
              ? "8 to 32 pixels a side; use ARCHITECTURE_RESNET18 for larger ones or"
              : "8 pixels a side or more;";
      throw HemlockException.invalidArgument(
              "%s takes images of %s import them with a resize policy. These are %d x %d"
                  .formatted(architecture.id(), range, shape.height(), shape.width()))
          .with("architecture", architecture.id())
          .with("height", Integer.toString(shape.height()))
          .with("width", Integer.toString(shape.width()))
          .violating("spec.recipe.architecture", "must fit the images");
    }
  }

  private static void checkBatch(Recipe recipe, Network network, int samples) {
    int batch = Math.min(recipe.getBatchSize(), samples);
    if ((long) batch * network.image().stride() > LARGEST_BATCH_BYTES) {
      throw HemlockException.invalidArgument(
              "A batch of %d images has more than 256 MiB; lower the batch size".formatted(batch))
          .with("batchSize", Integer.toString(batch))
          .violating("spec.recipe.batch_size", "is too large for these images");
    }
    boolean single = batch == 1 || samples % batch == 1;
    if (single && network.smallestMap() == 1) {
      throw HemlockException.invalidArgument(
              ("A batch size of %d leaves a batch of one sample among %d, and batch norm can't be"
                      + " trained on one sample of images this small; choose a batch size of 2 or"
                      + " more that does not leave 1 over")
                  .formatted(recipe.getBatchSize(), samples))
          .with("batchSize", Integer.toString(recipe.getBatchSize()))
          .with("samples", Integer.toString(samples))
          .violating("spec.recipe.batch_size", "must not leave a batch of one sample");
    }
  }

  private static void checkAugmentation(Recipe recipe, ImageShape shape) {
    int padding = Recipes.augmentation(recipe).padding();
    int side = Math.min(shape.height(), shape.width());
    if (padding >= side) {
      throw HemlockException.invalidArgument(
              "A crop padding of %d pixels can shift images of %d x %d out of sight; choose less than %d"
                  .formatted(padding, shape.height(), shape.width(), side))
          .with("cropPadding", Integer.toString(padding))
          .violating("spec.recipe.augmentation.crop_padding", "must be less than " + side);
    }
  }
}
