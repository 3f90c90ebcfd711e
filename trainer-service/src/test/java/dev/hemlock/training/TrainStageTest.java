package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.torch.Safetensors;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.EarlyLearning;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.ModelCard;
import dev.hemlock.proto.training.v1.OneCycle;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.Sgd;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainStageTest {
  private static final int SAMPLES = 120;

  @TempDir Path cache;

  private Bench bench;
  private String clean;

  @BeforeEach
  void start() {
    bench = new Bench(cache);
    clean = bench.snapshot(Bench.GREY, SAMPLES);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void learns() throws InterruptedException {
    // When
    TrainingRun run = bench.train(Bench.spec(clean));

    // Then
    assertThat(run.getEpochsList()).extracting(EpochMetrics::getEpoch).containsExactly(1, 2, 3);
    assertThat(run.getEpochs(2).getLoss()).isLessThan(run.getEpochs(0).getLoss());
    assertThat(run.getEpochs(2).getAccuracy()).isGreaterThan(0.9);
    assertThat(run.getEnvironment().getEngine()).isEqualTo("PyTorch 2.7.1");
    assertThat(run.getEnvironment().getThreads()).isEqualTo(1);
    assertThat(run.getEnvironment().getProcessor()).isNotEmpty();
    assertThat(run.getEnvironment().getCudnnBenchmark()).isFalse();
    assertThat(run.getEnvironment().getCudnnDeterministic()).isTrue();
    assertThat(run.getEnvironment().getTf32()).isFalse();
  }

  @Test
  void storesWeightsWithTorchvisionsNamesAndACardThatExplainsThem() throws InterruptedException {
    // When
    TrainingRun run = bench.train(Bench.spec(clean));

    // Then
    Safetensors weights = Safetensors.read(ByteBuffer.wrap(bench.weights(run)));
    assertThat(weights.tensors())
        .containsKeys("conv1.weight", "bn2.running_var", "bn1.num_batches_tracked", "fc.bias");
    assertThat(weights.tensor("bn1.num_batches_tracked", List.of()).longs()).containsExactly(12);
    byte[] json = bench.blobs.get(Tenant.current(), Digest.parse(run.getModel().getCardDigest()));
    ModelCard card = ProtoJson.parse(json, ModelCard.newBuilder()).build();
    assertThat(card.getClassNamesList()).isEqualTo(Pictures.CLASSES);
    assertThat(card.getWeightsDigest()).isEqualTo(run.getModel().getWeightsDigest());
    assertThat(card.getMean(0)).isBetween(0.2, 0.5);
    assertThat(card.getPython()).contains("strict=True");
  }

  @Test
  void announcesEachEpoch() throws InterruptedException {
    // Given
    MemoryWork work = work(Bench.spec(clean));

    // When
    bench.train(work);

    // Then
    assertThat(bench.events.ids(Topics.EVENTS))
        .containsExactly(
            MemoryWork.NAME + "/epochs/1",
            MemoryWork.NAME + "/epochs/2",
            MemoryWork.NAME + "/epochs/3");
    assertThat(work.share()).isEqualTo(1);
    assertThat(ProtoJson.parse(work.progress(), TrainingRun.newBuilder()).getEpochsCount())
        .isEqualTo(3);
  }

  @Test
  void givesTheSameBytesAgain() throws InterruptedException {
    TrainingSpec spec = augmented(Bench.spec(clean));

    assertThat(bench.train(spec).getModel()).isEqualTo(bench.train(spec).getModel());
  }

  @Test
  void anotherSeedGivesAnotherModel() throws InterruptedException {
    // When
    TrainingRun one = bench.train(Bench.spec(clean));
    TrainingRun other = bench.train(Bench.spec(clean).toBuilder().setSeed(8).build());

    // Then
    assertThat(other.getModel().getWeightsDigest()).isNotEqualTo(one.getModel().getWeightsDigest());
    assertThat(other.getStreamDigest()).isNotEqualTo(one.getStreamDigest());
  }

  @Test
  void cleanAndPoisonedRunsShareTheirRandomness() throws InterruptedException {
    // Given
    int[] labels = Pictures.labels(SAMPLES);
    for (int i = 0; i < 30; i += 3) {
      labels[i] = 2;
    }
    String poisoned = bench.snapshot(Bench.GREY, SAMPLES, labels);

    // When
    TrainingRun before = bench.train(augmented(Bench.spec(clean)));
    TrainingRun after = bench.train(augmented(Bench.spec(poisoned)));

    // Then
    assertThat(after.getStreamDigest()).isEqualTo(before.getStreamDigest());
    assertThat(after.getModel().getWeightsDigest())
        .isNotEqualTo(before.getModel().getWeightsDigest());
  }

  @Test
  void otherSamplesHaveOtherRandomness() throws InterruptedException {
    // Given
    int[] ids = new int[SAMPLES - 1];
    java.util.Arrays.setAll(ids, i -> i);
    int[] labels = java.util.Arrays.copyOf(Pictures.labels(SAMPLES), SAMPLES - 1);
    String fewer =
        bench.datasets.add(Pictures.snapshot(bench.blobs, Bench.GREY, SAMPLES, ids, labels));

    // Then
    assertThat(bench.train(Bench.spec(fewer)).getStreamDigest())
        .isNotEqualTo(bench.train(Bench.spec(clean)).getStreamDigest());
  }

  @Test
  void aResumedRunEndsWithTheSameBits() throws InterruptedException {
    // Given
    TrainingSpec spec = augmented(Bench.spec(clean));
    TrainingRun whole = bench.train(spec);
    TrainStage saving = bench.stage(Duration.ZERO);

    for (int look = 2; look <= 12; look += 3) {
      // When
      MemoryWork work = work(spec).stopAt(look, new Work.Superseded());
      assertThatThrownBy(() -> saving.run(work)).isInstanceOf(Work.Superseded.class);
      MemoryWork next = work.handedOn();
      TrainingRun resumed = bench.run(saving, next);

      // Then
      assertThat(next.looks()).isEqualTo(12 - (look - 1));
      assertThat(resumed.getModel()).isEqualTo(whole.getModel());
      assertThat(resumed.getStreamDigest()).isEqualTo(whole.getStreamDigest());
      assertThat(losses(resumed)).isEqualTo(losses(whole));
    }
  }

  @Test
  void aResumedRunFollowsItsSchedule() throws InterruptedException {
    // Given
    TrainingSpec.Builder cycled = Bench.spec(clean).toBuilder();
    cycled.getRecipeBuilder().setOneCycle(OneCycle.getDefaultInstance()).setLabelSmoothing(0.1);
    TrainingSpec spec = cycled.build();
    TrainStage saving = bench.stage(Duration.ZERO);

    // When
    TrainingRun whole = bench.train(spec);
    MemoryWork work = work(spec).stopAt(6, new Work.Superseded());
    assertThatThrownBy(() -> saving.run(work)).isInstanceOf(Work.Superseded.class);
    TrainingRun resumed = bench.run(saving, work.handedOn());

    // Then
    assertThat(resumed.getModel()).isEqualTo(whole.getModel());
    assertThat(losses(resumed)).isEqualTo(losses(whole));
    assertThat(losses(whole)).doesNotContainAnyElementsOf(losses(bench.train(Bench.spec(clean))));
  }

  @Test
  void aResumedRunRemembersEarlierPredictions() throws InterruptedException {
    // Given
    TrainingSpec.Builder early = Bench.spec(clean).toBuilder();
    early.getRecipeBuilder().setEarlyLearning(EarlyLearning.getDefaultInstance());
    TrainingSpec spec = early.build();
    TrainStage saving = bench.stage(Duration.ZERO);

    // When
    TrainingRun whole = bench.train(spec);
    MemoryWork work = work(spec).stopAt(7, new Work.Superseded());
    assertThatThrownBy(() -> saving.run(work)).isInstanceOf(Work.Superseded.class);
    TrainingRun resumed = bench.run(saving, work.handedOn());

    // Then
    assertThat(resumed.getModel()).isEqualTo(whole.getModel());
    assertThat(losses(resumed)).isEqualTo(losses(whole));
  }

  @ParameterizedTest
  @EnumSource(value = Recipe.LossCase.class, names = "LOSS_NOT_SET", mode = EnumSource.Mode.EXCLUDE)
  void cleanAndPoisonedRunsShareTheirRandomnessWithEveryLoss(Recipe.LossCase loss)
      throws InterruptedException {
    // Given
    int[] labels = Pictures.labels(SAMPLES);
    for (int i = 0; i < 30; i += 3) {
      labels[i] = 2;
    }
    String poisoned = bench.snapshot(Bench.GREY, SAMPLES, labels);

    // When
    TrainingRun before = bench.train(with(loss, clean));
    TrainingRun after = bench.train(with(loss, poisoned));

    // Then
    assertThat(before.getStreamDigest())
        .isEqualTo(after.getStreamDigest())
        .isEqualTo(bench.train(Bench.spec(clean)).getStreamDigest());
    assertThat(after.getModel().getWeightsDigest())
        .isNotEqualTo(before.getModel().getWeightsDigest());
    assertThat(before.getEpochs(2).getAccuracy()).isGreaterThan(0.8);
  }

  @ParameterizedTest
  @EnumSource(
      value = Recipe.MethodCase.class,
      names = "METHOD_NOT_SET",
      mode = EnumSource.Mode.EXCLUDE)
  void everyMethodLearnsInPairsAndGoesOnWithTheSameBits(Recipe.MethodCase method)
      throws InterruptedException {
    // Given
    int[] labels = Pictures.labels(SAMPLES);
    for (int i = 0; i < 30; i += 3) {
      labels[i] = 2;
    }
    TrainingSpec spec = with(method, clean);
    TrainStage saving = bench.stage(Duration.ZERO);

    // When
    TrainingRun whole = bench.train(spec);
    TrainingRun poisoned = bench.train(with(method, bench.snapshot(Bench.GREY, SAMPLES, labels)));
    MemoryWork work = work(spec).stopAt(7, new Work.Superseded());
    assertThatThrownBy(() -> saving.run(work)).isInstanceOf(Work.Superseded.class);
    TrainingRun resumed = bench.run(saving, work.handedOn());

    // Then
    assertThat(resumed.getModel()).isEqualTo(whole.getModel());
    assertThat(resumed.getStreamDigest()).isEqualTo(whole.getStreamDigest());
    assertThat(losses(resumed)).isEqualTo(losses(whole));
    assertThat(poisoned.getStreamDigest()).isEqualTo(whole.getStreamDigest());
    assertThat(poisoned.getModel().getWeightsDigest())
        .isNotEqualTo(whole.getModel().getWeightsDigest());
    assertThat(whole.getEpochs(2).getLoss()).isLessThan(whole.getEpochs(0).getLoss());
    if (method != Recipe.MethodCase.ADVERSARIAL_TRAINING) {
      assertThat(whole.getStreamDigest())
          .isNotEqualTo(bench.train(Bench.spec(clean)).getStreamDigest());
    }
  }

  private static TrainingSpec with(Recipe.MethodCase method, String snapshot) {
    TrainingSpec.Builder spec = Bench.spec(snapshot).toBuilder();
    Recipe.Builder recipe = spec.getRecipeBuilder();
    switch (method) {
      case MIXUP -> recipe.getMixupBuilder();
      case CO_TEACHING -> recipe.getCoTeachingBuilder().setForgetRate(0.2).setWarmUpEpochs(1);
      case ADVERSARIAL_TRAINING -> recipe.getAdversarialTrainingBuilder().setSteps(2);
      case METHOD_NOT_SET -> {}
    }
    return spec.build();
  }

  /** A loss with its defaults; a transition matrix that flips cats to owls. */
  private static TrainingSpec with(Recipe.LossCase loss, String snapshot) {
    TrainingSpec.Builder spec = Bench.spec(snapshot).toBuilder();
    Recipe.Builder recipe = spec.getRecipeBuilder();
    FieldDescriptor field = Recipe.getDescriptor().findFieldByNumber(loss.getNumber());
    recipe.setField(field, recipe.newBuilderForField(field).build());
    if (recipe.hasForwardCorrection()) {
      for (List<Double> row :
          List.of(List.of(0.7, 0.0, 0.3), List.of(0.0, 1.0, 0.0), List.of(0.0, 0.0, 1.0))) {
        recipe.getForwardCorrectionBuilder().addTransitionBuilder().addAllProbabilities(row);
      }
    }
    return spec.build();
  }

  @Test
  void aRunHandedBackAtAShutdownEndsWithTheSameBitsAndLosesNoWork() throws InterruptedException {
    // Given
    TrainingSpec spec = augmented(Bench.spec(clean));
    TrainingRun whole = bench.train(spec);
    TrainStage seldomSaving = bench.stage(Duration.ofHours(1), Duration.ZERO);

    for (int look = 2; look <= 12; look += 5) {
      // When
      MemoryWork work = work(spec).stopAt(look, new Work.ShuttingDown());
      assertThatThrownBy(() -> seldomSaving.run(work)).isInstanceOf(Work.ShuttingDown.class);
      MemoryWork next = work.handedOn();
      TrainingRun resumed = bench.run(seldomSaving, next);

      // Then
      assertThat(work.checkpointCount()).isEqualTo(1);
      assertThat(next.looks()).isEqualTo(12 - (look - 1));
      assertThat(resumed.getModel()).isEqualTo(whole.getModel());
      assertThat(resumed.getStreamDigest()).isEqualTo(whole.getStreamDigest());
      assertThat(losses(resumed)).isEqualTo(losses(whole));
    }
  }

  @Test
  void aShutdownThatLosesLittleWorkWritesNoCheckpoint() {
    // Given
    MemoryWork work = work(Bench.spec(clean)).stopAt(5, new Work.ShuttingDown());

    // When
    assertThatThrownBy(() -> bench.train(work)).isInstanceOf(Work.ShuttingDown.class);

    // Then
    assertThat(work.checkpointCount()).isZero();
  }

  @Test
  void aStoreThatIsAwayDoesNotKeepARunFromBeingHandedBack() {
    // Given
    TrainStage saving = bench.stage(Duration.ofHours(1), Duration.ZERO);
    MemoryWork work =
        work(Bench.spec(clean)).stopAt(5, new Work.ShuttingDown()).withoutAStoreForCheckpoints();

    // Then
    assertThatThrownBy(() -> saving.run(work)).isInstanceOf(Work.ShuttingDown.class);
  }

  @Test
  void aStoreThatTakesNoCheckpointsDoesNotStopTheTraining() throws InterruptedException {
    // Given
    TrainingSpec spec = Bench.spec(clean);
    TrainStage saving = bench.stage(Duration.ZERO);

    // When
    TrainingRun run = bench.run(saving, work(spec).withoutAStoreForCheckpoints());

    // Then
    assertThat(run.getModel()).isEqualTo(bench.train(spec).getModel());
  }

  @Test
  void aShortRunWritesNoCheckpoint() throws InterruptedException {
    // Given
    MemoryWork work = work(Bench.spec(clean));

    // When
    bench.train(work);

    // Then
    assertThat(work.checkpointCount()).isZero();
  }

  @Test
  void stopsBetweenBatchesWhenCancelled() {
    // Given
    MemoryWork work = work(Bench.spec(clean)).stopAt(5, new Work.CancelRequested());

    // When
    assertThatThrownBy(() -> bench.train(work)).isInstanceOf(Work.CancelRequested.class);

    // Then
    assertThat(work.looks()).isEqualTo(5);
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("hemlock-batches") && thread.isAlive());
  }

  @Test
  void twoRunsAtOnceDoNotDisturbEachOther() throws Exception {
    // Given
    List<TrainingSpec> specs =
        List.of(Bench.spec(clean), augmented(Bench.spec(clean)).toBuilder().setSeed(9).build());
    List<TrainingRun> alone = List.of(bench.train(specs.get(0)), bench.train(specs.get(1)));

    // When
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Callable<TrainingRun>> both =
        List.of(() -> bench.train(specs.get(0)), () -> bench.train(specs.get(1)));
    List<Future<TrainingRun>> together = threads.invokeAll(both);
    threads.shutdown();

    // Then
    for (int i = 0; i < 2; i++) {
      assertThat(together.get(i).get().getModel()).isEqualTo(alone.get(i).getModel());
      assertThat(losses(together.get(i).get())).isEqualTo(losses(alone.get(i)));
    }
  }

  @Test
  void failsWhenTheLossIsNoLongerANumber() {
    // Given
    TrainingSpec.Builder spec = Bench.spec(clean).toBuilder();
    spec.getRecipeBuilder().setSgd(Sgd.newBuilder().setLearningRate(1e30));

    // Then
    assertThatThrownBy(() -> bench.train(spec.build()))
        .isInstanceOfSatisfying(HemlockException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("after epoch 1 of 3")
        .hasMessageContaining("lower the learning rate");
  }

  @Test
  void trainsResNet18OnColourImages() throws InterruptedException {
    // Given
    String colour = bench.snapshot(new ImageShape(8, 12, 3), 24);
    TrainingSpec.Builder spec = Bench.spec(colour).toBuilder();
    spec.getRecipeBuilder()
        .setArchitecture(Architecture.ARCHITECTURE_RESNET18)
        .setEpochs(1)
        .setBatchSize(12);

    // When
    TrainingRun run = bench.train(spec.build());

    // Then
    assertThat(run.getModel().getParameterCount()).isEqualTo(11_173_962 - 7 * 513);
  }

  @Test
  void trainsTheFastNetworkOnTheSmallestImages() throws InterruptedException {
    // Given
    TrainingSpec.Builder spec = Bench.spec(clean).toBuilder();
    spec.getRecipeBuilder().setArchitecture(Architecture.ARCHITECTURE_FAST);

    // When
    TrainingRun run = bench.train(spec.build());

    // Then
    assertThat(run.getModel().getParameterCount()).isEqualTo(1_849_930 - 2 * 576 - 7 * 257);
    assertThat(run.getEpochs(2).getLoss()).isLessThan(run.getEpochs(0).getLoss());
  }

  private static MemoryWork work(TrainingSpec spec) {
    return new MemoryWork(CanonicalJson.of(Recipes.withDefaults(spec)));
  }

  private static TrainingSpec augmented(TrainingSpec spec) {
    TrainingSpec.Builder augmented = spec.toBuilder();
    augmented.getRecipeBuilder().getAugmentationBuilder().setHorizontalFlip(true).setCropPadding(2);
    return augmented.build();
  }

  private static List<Double> losses(TrainingRun run) {
    return run.getEpochsList().stream().map(EpochMetrics::getLoss).toList();
  }
}
