package dev.hemlock.training;

import static dev.hemlock.common.torch.Architecture.SMALLCNN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.TrainingMethod;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Augmentation;
import dev.hemlock.proto.training.v1.EarlyLearning;
import dev.hemlock.proto.training.v1.HardBootstrapping;
import dev.hemlock.proto.training.v1.Mixup;
import dev.hemlock.proto.training.v1.PassiveLoss;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.Sgd;
import dev.hemlock.proto.training.v1.SoftBootstrapping;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecipesTest {
  private static final TrainingSpec BARE = spec(Architecture.ARCHITECTURE_SMALLCNN);

  @Test
  void fillsInEveryDefault() {
    // When
    TrainingSpec full = Recipes.withDefaults(BARE);

    // Then
    assertThat(full.getSplit()).isEqualTo("train");
    Recipe recipe = full.getRecipe();
    assertThat(recipe.getEpochs()).isEqualTo(50);
    assertThat(recipe.getBatchSize()).isEqualTo(128);
    assertThat(recipe.getPrecision()).isEqualTo(Precision.PRECISION_FP32);
    assertThat(recipe.hasAugmentation()).isFalse();
    assertThat(Recipes.optimizer(recipe)).isEqualTo(new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8, 0));
    assertThat(Recipes.withDefaults(spec(Architecture.ARCHITECTURE_RESNET18)).getRecipe())
        .extracting(Recipe::getEpochs)
        .isEqualTo(10);
    assertThat(Recipes.schedule(recipe)).isEqualTo(new Schedule.Constant());
    assertThat(recipe.hasConstant()).isTrue();
    assertThat(recipe.getLabelSmoothing()).isZero();
  }

  @Test
  void fastHasDefaultsOfItsOwn() {
    // When
    Recipe recipe = Recipes.withDefaults(spec(Architecture.ARCHITECTURE_FAST)).getRecipe();

    // Then
    assertThat(recipe.getEpochs()).isEqualTo(10);
    assertThat(recipe.getBatchSize()).isEqualTo(128);
    assertThat(Recipes.optimizer(recipe)).isEqualTo(new Optimizer.Adam(0.005, 0.9, 0.999, 1e-8, 0));
    assertThat(Recipes.schedule(recipe)).isEqualTo(new Schedule.OneCycle(0.3, 4e-2, 4e-6));
  }

  @Test
  void anyArchitectureTakesAnySchedule() {
    // Given
    TrainingSpec.Builder cycled = BARE.toBuilder();
    cycled.getRecipeBuilder().getOneCycleBuilder().setWarmUp(0.1);
    TrainingSpec.Builder constant = spec(Architecture.ARCHITECTURE_FAST).toBuilder();
    constant.getRecipeBuilder().getConstantBuilder();

    // Then
    assertThat(Recipes.schedule(Recipes.withDefaults(cycled.build()).getRecipe()))
        .isEqualTo(new Schedule.OneCycle(0.1, 4e-2, 4e-6));
    assertThat(Recipes.schedule(Recipes.withDefaults(constant.build()).getRecipe()))
        .isEqualTo(new Schedule.Constant());
  }

  @Test
  void namesTheSameRunHoweverTheSameThingIsSaid() {
    // Given
    TrainingSpec.Builder said = BARE.toBuilder().setSplit("train");
    said.getRecipeBuilder().setBatchSize(128).setAugmentation(Augmentation.getDefaultInstance());
    said.getRecipeBuilder().getAdamBuilder().setBeta1(0.9);

    // Then
    assertThat(CanonicalJson.digest(Recipes.withDefaults(said.build())))
        .isEqualTo(CanonicalJson.digest(Recipes.withDefaults(BARE)));
  }

  /** The ids of runs that exist must not change: what is new in recipes is not in their specs. */
  @Test
  void aSpecWithoutALossKeepsItsCanonicalForm() {
    assertThat(new String(CanonicalJson.of(Recipes.withDefaults(BARE)), UTF_8))
        .isEqualTo(
            "{\"recipe\":{\"adam\":{\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8,"
                + "\"learningRate\":0.001,\"weightDecay\":0},"
                + "\"architecture\":\"ARCHITECTURE_SMALLCNN\",\"batchSize\":128,\"constant\":{},"
                + "\"epochs\":50,\"labelSmoothing\":0,\"precision\":\"PRECISION_FP32\"},"
                + "\"seed\":0,\"snapshot\":\"\",\"split\":\"train\"}");
  }

  @Test
  void fillsInTheDefaultsOfEveryLoss() {
    double logZero = Math.log(1e-4);

    assertThat(loss(recipe -> recipe.getGeneralisedCrossEntropyBuilder()))
        .isEqualTo(new Loss.GeneralisedCrossEntropy(0.7));
    assertThat(loss(recipe -> recipe.getSymmetricCrossEntropyBuilder()))
        .isEqualTo(new Loss.SymmetricCrossEntropy(0.1, 1, logZero));
    assertThat(loss(recipe -> recipe.getSoftBootstrappingBuilder()))
        .isEqualTo(new Loss.Bootstrapping(0.95, false));
    assertThat(loss(recipe -> recipe.getHardBootstrappingBuilder()))
        .isEqualTo(new Loss.Bootstrapping(0.8, true));
    assertThat(loss(recipe -> recipe.getEarlyLearningBuilder()))
        .isEqualTo(new Loss.EarlyLearning(0.7, 3, 100));
    assertThat(loss(recipe -> recipe.getActivePassiveBuilder()))
        .isEqualTo(new Loss.ActivePassive(1, 1, -logZero));
    assertThat(
            loss(
                recipe ->
                    recipe
                        .getActivePassiveBuilder()
                        .setLogZero(-4)
                        .setPassive(PassiveLoss.PASSIVE_LOSS_MEAN_ABSOLUTE_ERROR)))
        .isEqualTo(new Loss.ActivePassive(1, 1, 1));
    assertThat(loss(recipe -> recipe.setLabelSmoothing(0.1))).isEqualTo(new Loss.CrossEntropy(0.1));
  }

  @Test
  void fillsInTheDefaultsOfEveryMethod() {
    // Given
    TrainingSpec.Builder mixed = BARE.toBuilder();
    mixed.getRecipeBuilder().getMixupBuilder();
    TrainingSpec.Builder both = BARE.toBuilder();
    both.getRecipeBuilder().getCoTeachingBuilder().setForgetRate(0.2);
    TrainingSpec.Builder attacked = BARE.toBuilder();
    attacked.getRecipeBuilder().getAdversarialTrainingBuilder();
    Network network = Network.of(SMALLCNN, new ImageShape(8, 8, 1), 3);

    // When
    Recipe mixup = Recipes.withDefaults(mixed.build()).getRecipe();
    Recipe coTeaching = Recipes.withDefaults(both.build()).getRecipe();
    Recipe adversarial = Recipes.withDefaults(attacked.build()).getRecipe();

    // Then
    assertThat(mixup.getMixup().getAlpha()).isEqualTo(1);
    assertThat(coTeaching.getCoTeaching().getWarmUpEpochs()).isEqualTo(10);
    assertThat(Methods.of(adversarial, network, 1))
        .isEqualTo(new TrainingMethod.Adversarial(8, 2, 7));
    assertThat(Methods.of(BARE.getRecipe(), network, 1)).isEqualTo(new TrainingMethod.Plain());
  }

  @Test
  void coTeachingLeavesOutMoreUntilTheWarmUpEnds() {
    // Given
    Recipe.Builder recipe = BARE.getRecipe().toBuilder();
    recipe.getCoTeachingBuilder().setForgetRate(0.4).setWarmUpEpochs(4);

    // Then
    assertThat(IntStream.range(0, 7).mapToDouble(e -> Methods.forgetRate(recipe.build(), e)))
        .containsExactly(0.0, 0.1, 0.2, 0.4 * 0.75, 0.4, 0.4, 0.4);
  }

  @Test
  void everyLossNamesARunOfItsOwn() {
    List<TrainingSpec> specs =
        Stream.<UnaryOperator<Recipe.Builder>>of(
                recipe -> recipe,
                recipe -> recipe.setSoftBootstrapping(SoftBootstrapping.getDefaultInstance()),
                recipe -> recipe.setHardBootstrapping(HardBootstrapping.getDefaultInstance()),
                recipe -> recipe.setEarlyLearning(EarlyLearning.getDefaultInstance()),
                recipe -> recipe.setEarlyLearning(EarlyLearning.newBuilder().setLambda(1)),
                recipe -> recipe.setMixup(Mixup.getDefaultInstance()),
                recipe -> recipe.setMixup(Mixup.newBuilder().setAlpha(8)))
            .map(
                change ->
                    TrainingSpec.newBuilder()
                        .setRecipe(change.apply(BARE.getRecipe().toBuilder()))
                        .build())
            .map(Recipes::withDefaults)
            .toList();

    assertThat(specs.stream().map(CanonicalJson::digest)).doesNotHaveDuplicates();
    assertThat(specs.stream().map(Recipes::withDefaults)).isEqualTo(specs);
  }

  private static Loss loss(Consumer<Recipe.Builder> choice) {
    TrainingSpec.Builder spec = BARE.toBuilder();
    choice.accept(spec.getRecipeBuilder());
    return Losses.of(Recipes.withDefaults(spec.build()).getRecipe(), 100);
  }

  @Test
  void fillingInTwiceChangesNothing() {
    TrainingSpec full = Recipes.withDefaults(BARE);

    assertThat(Recipes.withDefaults(full)).isEqualTo(full);
  }

  @Test
  void keepsWhatWasChosen() {
    // Given
    TrainingSpec.Builder chosen = BARE.toBuilder().setSplit("fold-1");
    chosen.getRecipeBuilder().setEpochs(3).setSgd(Sgd.newBuilder().setMomentum(0.9));

    // When
    TrainingSpec full = Recipes.withDefaults(chosen.build());

    // Then
    assertThat(full.getSplit()).isEqualTo("fold-1");
    assertThat(full.getRecipe().getEpochs()).isEqualTo(3);
    assertThat(Recipes.optimizer(full.getRecipe())).isEqualTo(new Optimizer.Sgd(0.1, 0.9, 0));
  }

  @Test
  void refusesAnUnknownArchitecture() {
    TrainingSpec unknown = spec(Architecture.ARCHITECTURE_UNSPECIFIED);

    assertThatThrownBy(() -> Recipes.withDefaults(unknown)).isInstanceOf(HemlockException.class);
  }

  private static TrainingSpec spec(Architecture architecture) {
    return TrainingSpec.newBuilder()
        .setRecipe(Recipe.newBuilder().setArchitecture(architecture))
        .build();
  }
}
