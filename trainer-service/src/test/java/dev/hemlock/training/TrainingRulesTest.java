package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.common.primitives.Doubles;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.grpc.RequestRules;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.proto.dataset.v1.ImageShape;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Augmentation;
import dev.hemlock.proto.training.v1.OneCycle;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingSpec;
import dev.hemlock.proto.training.v1.TransitionRow;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRulesTest {
  private static final Recipe SMALL =
      Recipe.newBuilder().setArchitecture(Architecture.ARCHITECTURE_SMALLCNN).build();
  private static final Recipe RESNET =
      Recipe.newBuilder().setArchitecture(Architecture.ARCHITECTURE_RESNET18).build();

  @Test
  void findsTheSplit() {
    assertThat(TrainingRules.check(spec(SMALL), snapshot(8, 8, 100)).getSampleCount())
        .isEqualTo(100);
  }

  @Test
  void refusesAnUnknownSplitAndNamesTheKnownOnes() {
    assertRefused(
        spec(SMALL).toBuilder().setSplit("valid").build(),
        snapshot(8, 8, 100),
        "no split 'valid'; it has: test, train",
        "spec.split");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9})
  void namesTheArchitecturesWhenNoneIsChosen(int architecture) {
    Recipe.Builder recipe = SMALL.toBuilder().setArchitectureValue(architecture);

    assertThatThrownBy(() -> RequestRules.check(recipe.build()))
        .hasMessage(
            "Invalid request: architecture: must be one of ARCHITECTURE_RESNET18,"
                + " ARCHITECTURE_SMALLCNN, ARCHITECTURE_FAST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "trainingRuns/1", "snapshots/sha256:0"})
  void saysWhatTheNameOfASnapshotLooksLike(String name) {
    assertThatThrownBy(() -> RequestRules.check(spec(SMALL).toBuilder().setSnapshot(name).build()))
        .hasMessage(
            "Invalid request: snapshot: must be snapshots/sha256: followed by 64 lower-case hex"
                + " digits");
  }

  @ParameterizedTest
  @CsvSource({"7,8", "8,7", "33,32", "8,40"})
  void refusesImagesThatSmallcnnDoesNotTake(int height, int width) {
    assertRefused(
        spec(SMALL), snapshot(height, width, 100), "8 to 32 pixels", "spec.recipe.architecture");
  }

  @ParameterizedTest
  @EnumSource(names = {"ARCHITECTURE_RESNET18", "ARCHITECTURE_FAST"})
  void refusesImagesThatResidualNetworksDoNotTake(Architecture architecture) {
    assertRefused(
        spec(RESNET.toBuilder().setArchitecture(architecture).build()),
        snapshot(7, 64, 100),
        "8 pixels a side or more",
        "spec.recipe.architecture");
  }

  @Test
  void namesTheSettingsOfTheScheduleThatAreOutOfRange() {
    assertViolates(SMALL.toBuilder().setLabelSmoothing(1), "label_smoothing");
    assertViolates(SMALL.toBuilder().setLabelSmoothing(-0.1), "label_smoothing");
    assertViolates(SMALL.toBuilder().setLabelSmoothing(Double.NaN), "label_smoothing");
    assertViolates(
        SMALL.toBuilder().setOneCycle(OneCycle.newBuilder().setWarmUp(1)), "one_cycle.warm_up");
    assertViolates(
        SMALL.toBuilder().setOneCycle(OneCycle.newBuilder().setInitialFactor(1.1)),
        "one_cycle.initial_factor");
    assertViolates(
        SMALL.toBuilder().setOneCycle(OneCycle.newBuilder().setFinalFactor(-1)),
        "one_cycle.final_factor");
  }

  @Test
  void namesTheSettingsOfALossThatAreOutOfRange() {
    Recipe.Builder gce = SMALL.toBuilder();
    gce.getGeneralisedCrossEntropyBuilder().setQ(1.1);
    assertViolates(gce, "generalised_cross_entropy.q");
    Recipe.Builder sce = SMALL.toBuilder();
    sce.getSymmetricCrossEntropyBuilder().setAlpha(-1);
    assertViolates(sce, "symmetric_cross_entropy.alpha");
    sce.getSymmetricCrossEntropyBuilder().setAlpha(0).setLogZero(0.1);
    assertViolates(sce, "symmetric_cross_entropy.log_zero");
    Recipe.Builder soft = SMALL.toBuilder();
    soft.getSoftBootstrappingBuilder().setBeta(1.1);
    assertViolates(soft, "soft_bootstrapping.beta");
    Recipe.Builder elr = SMALL.toBuilder();
    elr.getEarlyLearningBuilder().setBeta(1);
    assertViolates(elr, "early_learning.beta");
    elr.getEarlyLearningBuilder().setBeta(0).setLambda(Double.POSITIVE_INFINITY);
    assertViolates(elr, "early_learning.lambda");
    Recipe.Builder active = SMALL.toBuilder();
    active.getActivePassiveBuilder().setPassiveValue(9);
    assertViolates(active, "active_passive.passive");
    assertViolates(
        transition(row(-0.1, 1.1), row(0, 1)).toBuilder(),
        "forward_correction.transition[0].probabilities[0]",
        "forward_correction.transition[0].probabilities[1]");
    Recipe.Builder forward = transition(row(1, 0), row(0, 1)).toBuilder();
    forward.getForwardCorrectionBuilder().setEstimatedFrom("me");
    assertViolates(forward, "forward_correction.estimated_from");
  }

  @Test
  void namesTheSettingsOfAMethodThatAreOutOfRange() {
    Recipe.Builder mixup = SMALL.toBuilder();
    mixup.getMixupBuilder().setAlpha(1001);
    assertViolates(mixup, "mixup.alpha");
    Recipe.Builder both = SMALL.toBuilder();
    both.getCoTeachingBuilder();
    assertViolates(both, "co_teaching.forget_rate");
    both.getCoTeachingBuilder().setForgetRate(1);
    assertViolates(both, "co_teaching.forget_rate");
    Recipe.Builder attacked = SMALL.toBuilder();
    attacked.getAdversarialTrainingBuilder().setEpsilon(256).setStepSize(-1).setSteps(101);
    assertViolates(
        attacked,
        "adversarial_training.epsilon",
        "adversarial_training.step_size",
        "adversarial_training.steps");
  }

  @Test
  void refusesAMethodThatChangesWhatEarlyLearningRemembers() {
    Recipe.Builder recipe = SMALL.toBuilder();
    recipe.getEarlyLearningBuilder();
    recipe.getMixupBuilder();

    assertRefused(
        spec(recipe.build()),
        snapshot(8, 8, 100),
        "leave the method out",
        "spec.recipe.early_learning");
  }

  @Test
  void refusesSmoothedLabelsOfAnotherLoss() {
    Recipe.Builder recipe = SMALL.toBuilder().setLabelSmoothing(0.1);
    recipe.getGeneralisedCrossEntropyBuilder();

    assertRefused(
        spec(recipe.build()),
        snapshot(8, 8, 100),
        "a setting of cross-entropy",
        "spec.recipe.label_smoothing");
  }

  @Test
  void takesATransitionMatrixOfTheSnapshotsClasses() {
    // Given
    TransitionRow known = row(0.6, 0.4);

    // Then
    TrainingRules.check(spec(transition(known, row(0, 1))), snapshot(8, 8, 100));
    assertTransitionRefused("2 rows of 2", known);
    assertTransitionRefused("2 rows of 2", known, row(0.2, 0.4, 0.4));
    assertTransitionRefused("Row 2 of the transition matrix adds up to 1.25", known, row(0.25, 1));
    assertTransitionRefused("Row 1", row(Double.NaN, 1), known);
    assertTransitionRefused("Column 2", row(1, 0), row(1, 0));
  }

  private static void assertTransitionRefused(String message, TransitionRow... rows) {
    assertRefused(
        spec(transition(rows)),
        snapshot(8, 8, 100),
        message,
        "spec.recipe.forward_correction.transition");
  }

  private static Recipe transition(TransitionRow... rows) {
    Recipe.Builder recipe = SMALL.toBuilder();
    recipe.getForwardCorrectionBuilder().addAllTransition(List.of(rows));
    return recipe.build();
  }

  private static TransitionRow row(double... probabilities) {
    return TransitionRow.newBuilder().addAllProbabilities(Doubles.asList(probabilities)).build();
  }

  private static void assertViolates(Recipe.Builder recipe, String... fields) {
    assertThatThrownBy(() -> RequestRules.check(recipe.build()))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
              assertThat(e.violations()).extracting("field").containsExactly((Object[]) fields);
            });
  }

  @ParameterizedTest
  @CsvSource({"1,100", "99,100", "33,100", "128,1"})
  void refusesABatchOfOneSampleWhereBatchNormWouldSeeOneValue(int batch, int samples) {
    assertRefused(
        spec(RESNET.toBuilder().setBatchSize(batch).build()),
        snapshot(8, 8, samples),
        "one sample",
        "spec.recipe.batch_size");
  }

  @Test
  void takesABatchOfOneSampleWhereBatchNormSeesMore() {
    // Given
    Recipe single = RESNET.toBuilder().setBatchSize(1).build();

    // Then
    TrainingRules.check(spec(single), snapshot(9, 8, 100));
    TrainingRules.check(spec(SMALL.toBuilder().setBatchSize(1).build()), snapshot(8, 8, 100));
  }

  @Test
  void refusesABatchThatIsTooLarge() {
    assertRefused(
        spec(RESNET.toBuilder().setBatchSize(65536).build()),
        snapshot(224, 224, 65536),
        "lower the batch size",
        "spec.recipe.batch_size");
  }

  @Test
  void refusesAPaddingThatCanHideTheImage() {
    assertRefused(
        spec(
            SMALL.toBuilder().setAugmentation(Augmentation.newBuilder().setCropPadding(8)).build()),
        snapshot(8, 8, 100),
        "choose less than 8",
        "spec.recipe.augmentation.crop_padding");
  }

  @Test
  void refusesASnapshotWithOneClass() {
    Snapshot single = snapshot(8, 8, 100).toBuilder().clearClassNames().addClassNames("a").build();

    assertRefused(spec(SMALL), single, "2 to 1000 classes", "spec.snapshot");
  }

  @Test
  void refusesBfloat16WhereTheProcessorHasNone() {
    // Given
    Recipe bf16 = SMALL.toBuilder().setPrecision(Precision.PRECISION_BF16).build();
    Processor old = new Processor("Old", Set.of("avx2"));
    Processor young = Processor.of(List.of("model name\t: Young", "flags\t\t: fpu avx512_bf16"));

    // Then
    TrainingRules.checkPrecision(bf16, true, young);
    TrainingRules.checkPrecision(bf16, false, old);
    TrainingRules.checkPrecision(SMALL, true, old);
    assertThatThrownBy(() -> TrainingRules.checkPrecision(bf16, true, old))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageContaining("The processor (Old)")
        .hasMessageContaining("use PRECISION_FP32");
  }

  @Test
  void refusesWhatDoesNotFitIntoMemoryAndSaysWhatDoes() {
    // Given
    TrainingSpec spec = spec(RESNET.toBuilder().setBatchSize(128).build());
    Snapshot large = snapshot(600, 600, 1000);
    OptionalLong limit = OptionalLong.of(12L << 30);

    // Then
    TrainingRules.checkMemory(spec, large, OptionalLong.empty());
    TrainingRules.checkMemory(spec, snapshot(32, 32, 1000), limit);
    TrainingRules.checkMemory(spec, snapshot(600, 600, 5), limit);
    assertThatThrownBy(() -> TrainingRules.checkMemory(spec, large, limit))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION);
              assertThat(e.metadata()).containsEntry("largestBatchSize", "5");
            })
        .hasMessageStartingWith("Training resnet18 on batches of 128 images of 600 x 600 takes")
        .hasMessageContaining("a run has 12.0 GiB here. Lower the batch size to 5 or less");
    assertThatThrownBy(() -> TrainingRules.checkMemory(spec, large, OptionalLong.of(1L << 30)))
        .hasMessageContaining("No batch size fits: choose a smaller network");
  }

  @Test
  void imagesStayOnAGpuIfTheyFitAsTheyAre() {
    // Given
    TrainingSpec spec = spec(SMALL);
    TrainingSpec mirrored =
        spec(
            SMALL.toBuilder()
                .setAugmentation(Augmentation.newBuilder().setHorizontalFlip(true))
                .build());
    Snapshot snapshot = snapshot(32, 32, 100);
    TorchDevice gpu = TorchDevice.parse("cuda");
    OptionalLong limit = OptionalLong.of(1L << 30);

    // Then
    assertThat(TrainingRules.staysOn(gpu, spec, snapshot, limit)).isTrue();
    assertThat(TrainingRules.staysOn(TorchDevice.CPU, spec, snapshot, limit)).isFalse();
    assertThat(TrainingRules.staysOn(gpu, mirrored, snapshot, limit)).isFalse();
    assertThat(TrainingRules.staysOn(gpu, spec, snapshot, OptionalLong.empty())).isFalse();
    assertThat(TrainingRules.staysOn(gpu, spec, snapshot, OptionalLong.of(200L << 20))).isFalse();
  }

  /** Peaks of resident memory of processes that trained three steps, in MiB. */
  @ParameterizedTest
  @CsvSource({
    "RESNET18, FP32, 8, 2, 600",
    "RESNET18, FP32, 32, 32, 775",
    "RESNET18, FP32, 32, 128, 1408",
    "RESNET18, FP32, 64, 32, 1342",
    "RESNET18, BF16, 64, 32, 1019",
    "SMALLCNN, FP32, 32, 512, 512",
    "SMALLCNN, BF16, 32, 512, 385",
  })
  void estimatesThePeaksThatWereMeasured(
      dev.hemlock.common.torch.Architecture architecture,
      dev.hemlock.common.torch.Precision precision,
      int side,
      int batch,
      double mebibytes) {
    Network network =
        Network.of(architecture, new dev.hemlock.common.images.ImageShape(side, side, 3), 10);

    assertThat(TrainingMemory.of(network, precision, 1, 0).bytes(batch) / (double) (1 << 20))
        .isCloseTo(mebibytes, withinPercentage(20));
  }

  private static void assertRefused(
      TrainingSpec spec, Snapshot snapshot, String message, String field) {
    assertThatThrownBy(() -> TrainingRules.check(spec, snapshot))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
              assertThat(e.violations()).extracting("field").containsExactly(field);
            })
        .hasMessageContaining(message);
  }

  private static TrainingSpec spec(Recipe recipe) {
    return Recipes.withDefaults(TrainingSpec.newBuilder().setRecipe(recipe).build());
  }

  private static Snapshot snapshot(int height, int width, int samples) {
    return Snapshot.newBuilder()
        .setName("snapshots/x")
        .setImageShape(ImageShape.newBuilder().setHeight(height).setWidth(width).setChannels(3))
        .addAllClassNames(List.of("cat", "dog"))
        .addSplits(Split.newBuilder().setName("test").setSampleCount(2))
        .addSplits(Split.newBuilder().setName("train").setSampleCount(samples))
        .build();
  }
}
