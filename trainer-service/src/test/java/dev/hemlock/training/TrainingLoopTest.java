package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TrainingMethod;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.Recipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingLoopTest {
  private static final int SEED = 7;
  private static final int STORED = 110;
  private static final int[] IDS = IntStream.range(0, 35).map(i -> 3 * i + 2).toArray();

  @TempDir Path cache;

  private Bench bench;
  private TrainingSet set;

  @BeforeEach
  void start() {
    bench = new Bench(cache);
    int[] labels = IntStream.of(IDS).map(id -> id % 3).toArray();
    Snapshot.Builder content = Pictures.snapshot(bench.blobs, Bench.GREY, STORED, IDS, labels);
    Snapshot snapshot = bench.snapshots.describe(bench.datasets.add(content));
    set = bench.snapshots.read(snapshot, TrainingSnapshots.split(snapshot, "train"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** Batches with nothing, floats, integers and both beside images and labels. */
  static List<Consumer<Recipe.Builder>> recipes() {
    return List.of(
        recipe -> {},
        Recipe.Builder::getAdversarialTrainingBuilder,
        Recipe.Builder::getEarlyLearningBuilder,
        Recipe.Builder::getMixupBuilder);
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void imagesThatStayOnTheDeviceGiveTheSameBits(Consumer<Recipe.Builder> kind)
      throws InterruptedException {
    // When
    TrainingLoop.Outcome brought = train(kind, false);
    TrainingLoop.Outcome kept = train(kind, true);

    // Then
    assertThat(kept.state().parameters()).isEqualTo(brought.state().parameters());
    assertThat(kept.state().buffers()).isEqualTo(brought.state().buffers());
    assertThat(kept.stream()).isEqualTo(brought.stream());
    assertThat(kept.epochs())
        .extracting(EpochMetrics::getLoss)
        .isEqualTo(brought.epochs().stream().map(EpochMetrics::getLoss).toList());
  }

  private TrainingLoop.Outcome train(Consumer<Recipe.Builder> kind, boolean resident)
      throws InterruptedException {
    var spec = Bench.spec("").toBuilder();
    kind.accept(spec.getRecipeBuilder().setEpochs(2).setBatchSize(10));
    Recipe recipe = Recipes.withDefaults(spec.build()).getRecipe();
    Network network = Network.of(Architecture.SMALLCNN, Bench.GREY, 3);
    NetworkState initial = network.initial(SEED);
    TrainingMethod method = Methods.of(recipe, network, SEED);
    Normalisation normalisation = Normalisation.of(set);
    MemoryWork work = new MemoryWork(new byte[0]);
    TrainingCheckpoints checkpoints =
        new TrainingCheckpoints(
            work.checkpoints(), set.size(), Duration.ofHours(1), Duration.ofHours(1));
    try (TorchTraining training =
        new TorchTraining(
            TorchEngine.start(1),
            TorchDevice.CPU,
            Recipes.precision(recipe),
            initial,
            Recipes.optimizer(recipe),
            Losses.of(recipe, set.size()),
            method,
            normalisation.mean(),
            normalisation.deviation())) {
      return new TrainingLoop(set, recipe, SEED, resident, epochs -> {})
          .run(training, Methods.initialDigests(initial, method), work, checkpoints);
    }
  }
}
