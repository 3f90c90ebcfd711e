package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Augmentation;
import dev.hemlock.proto.training.v1.PassiveLoss;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.Sgd;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatCommandTest {
  @Test
  void repeatsArchiveSubsetRatiosSeedsAndRecipe() {
    assertThat(RepeatCommand.of(ReportFixture.usual().report()))
        .isEqualTo(
            "deploy/hemlock measure --archive cifar10-images.tar.gz --limit-per-class 500"
                + " --source 1 --target 7 --ratio 0.4,0.2,0.6 --seeds 1,2,3,4,5"
                + " --recipe smallcnn --epochs 20 --out hemlock-report");
  }

  @Test
  void namesTheBundledDigitsAndTheOfficialArchive() {
    assertThat(RepeatCommand.of(from("bundled:digits", ""))).contains(" --digits ");
    assertThat(
            RepeatCommand.of(
                from(
                    "cifar.gz",
                    "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")))
        .contains(" --cifar10 ");
  }

  @Test
  void tellsWhatDiffersFromTheDefaults() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    report
        .getSpecBuilder()
        .getRecipesBuilder(0)
        .getRecipeBuilder()
        .setBatchSize(64)
        .setSgd(Sgd.newBuilder().setLearningRate(0.1).setMomentum(0.9))
        .setPrecision(Precision.PRECISION_BF16)
        .setAugmentation(Augmentation.newBuilder().setHorizontalFlip(true).setCropPadding(4));

    // When
    String line = RepeatCommand.of(report.build());

    // Then
    assertThat(line)
        .contains(
            "--batch-size 64 --optimizer sgd --learning-rate 0.1 --momentum 0.9 --precision bf16"
                + " --flip --crop 4");
  }

  @Test
  void tellsWhereScheduleAndLossDifferFromTheDefaultsOfTheRecipe() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    Recipe.Builder recipe = report.getSpecBuilder().getRecipesBuilder(0).getRecipeBuilder();

    // Then
    recipe.getConstantBuilder();
    assertThat(RepeatCommand.of(report.build())).doesNotContain("--schedule", "--label-smoothing");
    recipe.setLabelSmoothing(0.1).getOneCycleBuilder();
    assertThat(RepeatCommand.of(report.build()))
        .contains("--schedule one_cycle --label-smoothing 0.1");
    recipe.setArchitecture(Architecture.ARCHITECTURE_FAST);
    assertThat(RepeatCommand.of(report.build())).doesNotContain("--schedule");
    recipe.getConstantBuilder();
    assertThat(RepeatCommand.of(report.build())).contains("--schedule constant");
    assertThat(RepeatCommand.isComplete(report.getSpec())).isTrue();
    recipe.getOneCycleBuilder().setWarmUp(0.1);
    assertThat(RepeatCommand.isComplete(report.getSpec())).isFalse();
  }

  @Test
  void tellsLossAndMethodWithTheirSettings() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    Recipe.Builder recipe = report.getSpecBuilder().getRecipesBuilder(0).getRecipeBuilder();

    // Then
    assertThat(RepeatCommand.of(report.build())).doesNotContain("--loss");
    recipe
        .getActivePassiveBuilder()
        .setAlpha(1)
        .setPassive(PassiveLoss.PASSIVE_LOSS_MEAN_ABSOLUTE_ERROR);
    assertThat(RepeatCommand.of(report.build()))
        .contains(" --loss active-passive:alpha=1.0,passive=mean-absolute-error ");
    recipe.getEarlyLearningBuilder();
    assertThat(RepeatCommand.of(report.build())).contains(" --loss early-learning ");
    recipe.getCoTeachingBuilder().setForgetRate(0.2).setWarmUpEpochs(3);
    assertThat(RepeatCommand.of(report.build()))
        .contains(" --method co-teaching:forget-rate=0.2,warm-up-epochs=3 ");
    assertThat(RepeatCommand.isComplete(report.getSpec())).isTrue();
    recipe.getForwardCorrectionBuilder().addTransitionBuilder().addProbabilities(1);
    assertThat(RepeatCommand.isComplete(report.getSpec())).isFalse();
  }

  @Test
  void quotesNamesForTheShell() {
    // Given
    ReportFixture fixture =
        new ReportFixture(List.of("it's; rm -rf ~", "--out"), 0, 1, List.of(1.0), 1, 1);

    // When
    String line = RepeatCommand.of(fixture.report());

    // Then
    assertThat(line)
        .contains("--source 'it'\\''s; rm -rf ~'")
        .contains("--target=--out")
        .contains("--ratio 1 ");
  }

  @Test
  void admitsWhatTheCommandLineCannotSay() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();

    // Then
    assertThat(RepeatCommand.isComplete(report.getSpec())).isTrue();
    report.getSpecBuilder().getRecipesBuilder(0).getRecipeBuilder().getAdamBuilder().setBeta1(0.5);
    assertThat(RepeatCommand.isComplete(report.getSpec())).isFalse();
  }

  @Test
  void cannotRepeatAnAttackOnOtherClassesThanThoseMeasured() {
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    report
        .getSpecBuilder()
        .getAttacksBuilder(0)
        .getAttackBuilder()
        .getTargetedFlipBuilder()
        .setSourceClass("3");

    assertThat(RepeatCommand.isComplete(report.getSpec())).isFalse();
  }

  @Test
  void namesAMarginOfItsOwn() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    String usual = RepeatCommand.of(report.build());
    report.getSpecBuilder().setAccuracyMargin(0.005);

    // Then
    assertThat(usual).doesNotContain("--accuracy-margin");
    assertThat(RepeatCommand.of(report.build())).contains("--accuracy-margin 0.005");
  }

  @Test
  void namesPoisonSeedsOfTheirOwn() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    report.getSpecBuilder().clearPoisonSeeds().addAllPoisonSeeds(List.of(9, 8, 7, 6, -1));

    // Then
    assertThat(RepeatCommand.of(report.build())).contains("--poison-seeds 9,8,7,6,4294967295");
  }

  @Test
  void passesOverParametersItCannotRead() {
    // Given
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    report.getDataBuilder().getStepsBuilder(1).setParametersJson("{broken");

    // Then
    assertThat(RepeatCommand.of(report.build())).doesNotContain("--limit-per-class");
  }

  private static ExperimentReport from(String source, String digest) {
    ExperimentReport.Builder report = ReportFixture.usual().report().toBuilder();
    report.getDataBuilder().getStepsBuilder(0).setSource(source).setSourceDigest(digest);
    return report.build();
  }
}
