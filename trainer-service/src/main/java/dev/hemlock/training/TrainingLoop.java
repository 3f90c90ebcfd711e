package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TorchTraining.Totals;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Trains one network on one set, batch by batch. The outcome is a function of the set, the recipe,
 * the seed and the start, whether or not it was interrupted and resumed between.
 */
final class TrainingLoop {
  private final TrainingSet set;
  private final Recipe recipe;
  private final int seed;
  private final boolean resident;
  private final RunRandomness randomness;
  private final Consumer<List<EpochMetrics>> epochEnded;

  /**
   * What training gave.
   *
   * @param state the trained network
   * @param epochs one entry an epoch
   * @param stream the digest of the run's randomness
   */
  record Outcome(NetworkState state, List<EpochMetrics> epochs, Digest stream) {}

  /**
   * A loop.
   *
   * @param recipe with defaults filled in
   * @param resident whether all images stay where the training computes, or each batch brings its
   *     own; what training gives is the same
   * @param epochEnded told the metrics of the epochs so far, at the end of each
   */
  TrainingLoop(
      TrainingSet set,
      Recipe recipe,
      int seed,
      boolean resident,
      Consumer<List<EpochMetrics>> epochEnded) {
    this.set = set;
    this.recipe = recipe;
    this.seed = seed;
    this.resident = resident;
    this.randomness = new RunRandomness(seed, Recipes.augmentation(recipe));
    this.epochEnded = epochEnded;
  }

  /**
   * Trains to the end.
   *
   * @param training in the initial state; continued from the newest checkpoint if there is one
   * @param initialParameters of each network, the first first
   * @throws Work.Stopped if the work should end; what is worth it is saved first if the process
   *     shuts down
   * @throws HemlockException FAILED_PRECONDITION if the loss is no longer a finite number
   */
  Outcome run(
      TorchTraining training,
      List<Digest> initialParameters,
      Work work,
      TrainingCheckpoints checkpoints)
      throws InterruptedException {
    TrainingCheckpoints.Position start = checkpoints.restore(training);
    Schedule schedule = Recipes.schedule(recipe);
    double peak = Recipes.learningRate(recipe);
    List<EpochMetrics> epochs = new ArrayList<>(start.epochs());
    if (resident) {
      set.keepIn(training, recipe.getBatchSize());
    }
    StreamDigest digest = new StreamDigest(randomness);
    try (BatchFeed feed =
        new BatchFeed(
            set,
            randomness,
            digest,
            recipe.getEpochs(),
            recipe.getBatchSize(),
            resident ? new Extra.Positions() : new Extra.Pixels(randomness, set),
            Extra.of(recipe, Losses.of(recipe, set.size()), set, randomness),
            start.epoch(),
            start.position())) {
      TrainingCheckpoints.Position reached = start;
      double before = start.seconds();
      long clock = System.nanoTime();
      while (feed.hasNext()) {
        BatchFeed.Batch batch = feed.next();
        try {
          work.checkpoint();
          if (recipe.hasCoTeaching()) {
            training.setForgetRate(Methods.forgetRate(recipe, batch.epoch()));
          }
          training.setLearningRate(schedule.rate(peak, step(batch), steps()));
          training.step(batch.samples());
        } catch (Work.ShuttingDown e) {
          checkpoints.saveBeforeLeaving(training, reached);
          throw e;
        }
        boolean epochEnds = batch.end() == set.size();
        double seconds = before + (System.nanoTime() - clock) / 1e9;
        if (epochEnds) {
          epochs.add(metrics(batch.epoch() + 1, training.takeTotals(), seconds));
          epochEnded.accept(List.copyOf(epochs));
          before = 0;
          clock = System.nanoTime();
        }
        reached =
            epochEnds
                ? new TrainingCheckpoints.Position(batch.epoch() + 1, 0, 0, epochs)
                : new TrainingCheckpoints.Position(batch.epoch(), batch.end(), seconds, epochs);
        if (feed.hasNext() && checkpoints.due()) {
          checkpoints.saveIfPossible(training, reached);
        }
      }
    }
    return new Outcome(training.state(), epochs, digest.finish(seed, initialParameters));
  }

  private long steps() {
    return (long) recipe.getEpochs() * stepsToReach(set.size());
  }

  /** Which step of the run trains on a batch, from 0. */
  private long step(BatchFeed.Batch batch) {
    return (long) batch.epoch() * stepsToReach(set.size()) + stepsToReach(batch.end()) - 1;
  }

  private int stepsToReach(int samples) {
    return (samples + recipe.getBatchSize() - 1) / recipe.getBatchSize();
  }

  private EpochMetrics metrics(int epoch, Totals totals, double seconds) {
    if (!Double.isFinite(totals.loss())) {
      double rate = Recipes.learningRate(recipe);
      throw HemlockException.failedPrecondition(
              "The loss is not a finite number after epoch %d of %d; lower the learning rate of %s"
                  .formatted(epoch, recipe.getEpochs(), rate))
          .with("epoch", Integer.toString(epoch))
          .with("learningRate", Double.toString(rate));
    }
    return TrainingRunMapper.metrics(epoch, totals, seconds);
  }
}
