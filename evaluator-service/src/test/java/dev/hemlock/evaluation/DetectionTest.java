package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.ActivationClustering;
import dev.hemlock.proto.evaluation.v1.AreaUnderMargin;
import dev.hemlock.proto.evaluation.v1.CheckResult;
import dev.hemlock.proto.evaluation.v1.ConfidentLearning;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerRequest;
import dev.hemlock.proto.evaluation.v1.LossRanking;
import dev.hemlock.proto.evaluation.v1.NeighbourDisagreement;
import dev.hemlock.proto.evaluation.v1.Oracle;
import dev.hemlock.proto.evaluation.v1.RandomFilter;
import dev.hemlock.proto.evaluation.v1.SpectralSignature;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.OneCycle;
import dev.hemlock.proto.training.v1.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DetectionTest {
  private static final Recipe RECIPE =
      Recipe.newBuilder().setArchitecture(Architecture.ARCHITECTURE_SMALLCNN).setEpochs(10).build();

  @TempDir Path cache;
  private Lab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new Lab(cache);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void judgesLabelsByModelsThatNeverSawThem() {
    Detection ended =
        run(
            spec ->
                spec.setSnapshot(poisoning().getPoisonedSnapshot()).setConfidentLearning(folds(3)));

    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ended.getSpec().getSplit()).isEqualTo("train");
    assertThat(ended.getTrainingRunsList()).hasSize(3).doesNotHaveDuplicates();
    assertThat(ended.getLabelCount()).isEqualTo(30);
    // Of the samples 10 to 13, labelled as 7, the fake models read the last one as it is.
    assertThat(ended.getIssueCount()).isEqualTo(1);
    assertThat(ended.getPerClass(2).getIssueCount()).isEqualTo(1);
    assertThat(csv(ended).lines().toList())
        .hasSize(31)
        .startsWith("sample_id,is_label_issue,label_score,given_label,predicted_label")
        .anyMatch(line -> line.matches("13,true,0\\.00\\d*,7,1"))
        .anyMatch(line -> line.matches("10,false,0\\.98\\d*,7,7"));
    // The fact follows the terminal object; the worker is done once the marker is gone.
    lab.finishWork();
    assertThat(lab.published.ids(Topics.RESULTS)).contains(ended.getName() + "/succeeded");
  }

  @Test
  void givesTheSameDetectionForTheSameSpec() {
    Detection first = run(spec -> spec.setConfidentLearning(folds(0)));
    Detection second = run(spec -> spec.setConfidentLearning(folds(5)).setSplit("train"));

    assertThat(second.getName()).isEqualTo(first.getName());
    assertThat(lab.detections.list(0, "").items()).hasSize(1);
  }

  @Test
  void runsEveryDetector() {
    List<Consumer<DetectionSpec.Builder>> detectors =
        List.of(
            spec -> spec.setNeighbourDisagreement(NeighbourDisagreement.getDefaultInstance()),
            spec -> spec.setAreaUnderMargin(AreaUnderMargin.newBuilder().setCheckpoints(2)),
            spec -> spec.setLossRanking(LossRanking.newBuilder().setCheckpoints(2)),
            spec -> spec.setActivationClustering(ActivationClustering.getDefaultInstance()),
            spec -> spec.setSpectralSignature(SpectralSignature.getDefaultInstance()),
            spec -> spec.clearRecipe().setRandomFilter(RandomFilter.newBuilder().setShare(1)),
            spec -> spec.clearRecipe().setOracle(Oracle.getDefaultInstance()));

    assertThat(detectors)
        .allSatisfy(
            detector ->
                assertThat(run(detector).getStatus().getState())
                    .isEqualTo(RunState.RUN_STATE_SUCCEEDED));
  }

  @Test
  void looksAtOneTrainingAfterSeveralNumbersOfEpochs() {
    Detection ended =
        run(spec -> spec.setAreaUnderMargin(AreaUnderMargin.newBuilder().setCheckpoints(4)));

    assertThat(ended.getTrainingRunsList())
        .extracting(name -> lab.services.trainings.get(name).getSpec().getRecipe().getEpochs())
        .containsExactly(3, 5, 8, 10);
  }

  @Test
  void marksTheModelsOfLabelsThatNobodyApproved() {
    Detection ended = run(spec -> spec.setRedTeam(true).setConfidentLearning(folds(2)));
    Detection admitted = run(spec -> spec.setConfidentLearning(folds(2)));

    assertThat(admitted.getName()).isNotEqualTo(ended.getName());
    assertThat(ended.getTrainingRunsList())
        .hasSize(2)
        .allMatch(name -> lab.services.trainings.get(name).getSpec().getRedTeam());
    assertThat(admitted.getTrainingRunsList())
        .noneMatch(name -> lab.services.trainings.get(name).getSpec().getRedTeam());
  }

  @Test
  void scoresAgainstFlipsThatTheDetectorDidNotSee() {
    Poisoning poisoning = poisoning();
    Detection ended =
        run(
            spec ->
                spec.setSnapshot(poisoning.getPoisonedSnapshot()).setConfidentLearning(folds(3)));

    DetectionScore score = lab.detections.score(ended.getName(), poisoning.getName());
    DetectionScore asClean = lab.detections.score(ended.getName(), "");

    assertThat(score.getTotal().getFlipCount()).isEqualTo(4);
    assertThat(score.getTotal().getCaughtCount()).isEqualTo(1);
    assertThat(score.getTotal().getPrecision()).isEqualTo(1);
    assertThat(score.getTotal().getRecall()).isEqualTo(0.25);
    assertThat(score.getPerClass(2).getFlipCount()).isEqualTo(4);
    assertThat(score.getPerClass(0).hasRecall()).isFalse();
    assertThat(asClean.hasAveragePrecision()).isFalse();
    assertThat(asClean.getTotal().getFalseAlarmRate()).isEqualTo(1 / 30.0);
  }

  @Test
  void tellsTheOracleTheFlips() {
    Poisoning poisoning = poisoning();
    Detection ended =
        run(
            spec ->
                spec.setSnapshot(poisoning.getPoisonedSnapshot())
                    .clearRecipe()
                    .setOracle(Oracle.newBuilder().setPoisoning(poisoning.getName())));

    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ended.getIssueCount()).isEqualTo(4);
  }

  @Test
  @Timeout(30)
  void cancelsItsTrainings() {
    lab.services.trainings.hold(spec -> true);
    Detection asked = lab.detections.create(spec(s -> s.setConfidentLearning(folds(3))), "");
    while (lab.interests.of(asked.getName()).size() < 3) {
      Thread.onSpinWait();
    }

    lab.detections.cancel(asked.getName());

    Detection ended =
        lab.detections
            .watch(asked.getName())
            .collect()
            .last()
            .await()
            .atMost(Duration.ofSeconds(30));
    lab.finishWork();
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
    assertThat(lab.services.trainings.cancelled()).hasSize(3);
    assertThatThrownBy(() -> lab.detections.labels(asked.getName()))
        .hasMessageContaining("ask for it again");
  }

  @Test
  void refusesWhatCanNotBe() {
    refused("no recipe", s -> s.clearRecipe().setConfidentLearning(folds(3)));
    refused("leave the recipe out", s -> s.setOracle(Oracle.getDefaultInstance()));
    refused("One fold", s -> s.setConfidentLearning(folds(1)));
    refused("fewer folds", s -> s.setConfidentLearning(folds(100)));
    refused("no split", s -> s.setSplit("other").setConfidentLearning(folds(3)));
    refused(
        "at most one an epoch", s -> s.setLossRanking(LossRanking.newBuilder().setCheckpoints(11)));
    refused(
        "choose the schedule constant",
        s ->
            s.setLossRanking(LossRanking.getDefaultInstance())
                .setRecipe(RECIPE.toBuilder().setOneCycle(OneCycle.getDefaultInstance())));
    refused(
        "name the poisoning that made",
        s -> s.clearRecipe().setOracle(Oracle.newBuilder().setPoisoning(poisoning().getName())));
  }

  @Test
  void estimatesPowerByCheck() {
    EstimateDetectionPowerRequest.Builder request = EstimateDetectionPowerRequest.newBuilder();
    for (int i = 1; i <= 19; i++) {
      request.addResults(result("psi", 0, i));
    }
    request
        .addResults(result("psi", 50, 19))
        .addResults(result("psi", 100, 20))
        .addResults(result("few", 0, 1))
        .addResults(result("few", 10, 99));

    List<DetectionPower> checks = Detections.power(request.build()).getChecksList();

    assertThat(checks).extracting(DetectionPower::getCheck).containsExactly("few", "psi");
    assertThat(checks.get(0).hasThreshold()).isFalse();
    assertThat(checks.get(1).getThreshold()).isEqualTo(19);
    assertThat(checks.get(1).getSmallestCaught()).isEqualTo(100);
    assertThat(Detections.power(request.build()).getPage()).contains("from 100", "too few clean");
    assertThatThrownBy(
            () ->
                Detections.power(
                    EstimateDetectionPowerRequest.newBuilder()
                        .addResults(result("psi", 0, 1))
                        .build()))
        .hasMessageContaining("no result on a poisoned data set");
  }

  private static CheckResult result(String check, int flips, double statistic) {
    return CheckResult.newBuilder()
        .setCheck(check)
        .setFlipCount(flips)
        .setStatistic(statistic)
        .build();
  }

  private void refused(String why, Consumer<DetectionSpec.Builder> change) {
    assertThatThrownBy(() -> lab.detections.create(spec(change), ""))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(why);
  }

  private Poisoning poisoning() {
    return lab.services.poisonings.create(
        PoisoningSpec.newBuilder()
            .setSnapshot(FakeServices.SNAPSHOT)
            .setSplit("train")
            .setAttack(
                Attack.newBuilder()
                    .setTargetedFlip(
                        TargetedFlip.newBuilder().setSourceClass("1").setTargetClass("7")))
            .setBudget(Budget.newBuilder().setClassShare(0.4))
            .build());
  }

  private Detection run(Consumer<DetectionSpec.Builder> change) {
    Detection asked = lab.detections.create(spec(change), "");
    return lab.detections
        .watch(asked.getName())
        .collect()
        .last()
        .await()
        .atMost(Duration.ofSeconds(30));
  }

  private static DetectionSpec spec(Consumer<DetectionSpec.Builder> change) {
    DetectionSpec.Builder spec =
        DetectionSpec.newBuilder().setSnapshot(FakeServices.SNAPSHOT).setRecipe(RECIPE).setSeed(1);
    change.accept(spec);
    return spec.build();
  }

  private static ConfidentLearning folds(int count) {
    return ConfidentLearning.newBuilder().setFolds(count).build();
  }

  private String csv(Detection detection) {
    return new String(
        lab.blobs.get(Tenant.current(), Digest.parse(detection.getLabelsDigest())), UTF_8);
  }
}
