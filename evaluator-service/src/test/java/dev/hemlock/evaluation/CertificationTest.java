package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationAudit;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.CertifiedPoint;
import dev.hemlock.proto.evaluation.v1.EnsembleModel;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CertificationTest {
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
  void certifiesTheVoteOfModelsThatShareNoSample() {
    Certification ended = run(spec -> {});

    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ended.getSpec().getSpread()).isEqualTo(1);
    assertThat(ended.getModelsList()).hasSize(5);
    assertThat(ended.getModelsList().stream().mapToInt(EnsembleModel::getSampleCount).sum())
        .isEqualTo(30);
    // All five models are right about everything: (5 - 0 - tie) / 2 is 2 with and without a tie.
    assertThat(ended.getAccuracy()).isEqualTo(1);
    assertThat(ended.getCurveList())
        .extracting(CertifiedPoint::getAccuracy)
        .containsExactly(1.0, 1.0, 1.0, 0.0);
    assertThat(ended.getMedianCertifiedFlips()).isEqualTo(2);
    assertThat(ended.getConfusion(1).getCountsList()).containsExactly(0, 10, 0);
    assertThat(csv(ended).lines().toList())
        .hasSize(31)
        .startsWith(
            "sample_id,label,prediction,certified_flips,certified_flips_against_target",
            "0,0,0,2,");
    lab.finishWork();
    assertThat(lab.published.ids(Topics.RESULTS)).contains(ended.getName() + "/succeeded");
  }

  @Test
  void trainsEachModelOfAWiderSpreadOnSeveralPartitions() {
    Certification ended = run(spec -> spec.setPartitions(3).setSpread(2));

    assertThat(ended.getModelsList()).hasSize(6);
    assertThat(ended.getModelsList().stream().mapToInt(EnsembleModel::getSampleCount).sum())
        .isEqualTo(2 * 30);
  }

  @Test
  void boundsTheSuccessOfAnAttack() {
    Certification ended = run(spec -> spec.setSourceClass("1").setTargetClass("7"));

    assertThat(ended.getCurveList())
        .extracting(CertifiedPoint::getAttackSuccessBound)
        .containsExactly(0.0, 0.0, 0.0, 1.0);
    assertThat(csv(ended).lines().skip(11).findFirst()).contains("10,1,1,2,2");
  }

  @Test
  void trainsOnlyModelsWhosePartitionsWereHitAnew() {
    Certification certified = run(spec -> {});

    Certification attacked = run(spec -> spec.setSnapshot(poisoned(2)));

    Set<String> shared = new HashSet<>(runs(certified));
    shared.retainAll(runs(attacked));
    assertThat(shared).hasSize(3);
    assertThat(attacked.getSpec().getSnapshot()).isNotEqualTo(certified.getSpec().getSnapshot());
  }

  @Test
  void auditsCertifiedPredictions() {
    Certification certified = run(spec -> {});
    Certification attacked = run(spec -> spec.setSnapshot(poisoned(2)));

    CertificationAudit audit = lab.certifications.audit(certified.getName(), attacked.getName());

    assertThat(audit.getFlipCount()).isEqualTo(2);
    assertThat(audit.getChangedModelCount()).isEqualTo(2);
    assertThat(audit.getSampleCount()).isEqualTo(30);
    assertThat(audit.getCertifiedCount()).isEqualTo(30);
    assertThat(audit.getBrokenCount()).isZero();
    assertThat(audit.getChangedCount()).isZero();
  }

  @Test
  void seesWhatFlipsBeyondTheRadiusChange() {
    Certification certified = run(spec -> {});
    Certification attacked = run(spec -> spec.setSnapshot(poisoned(10)));

    CertificationAudit audit = lab.certifications.audit(certified.getName(), attacked.getName());

    // Every partition is hit, so all models take three of the ten images of class 1 for 7.
    assertThat(audit.getChangedModelCount()).isEqualTo(5);
    assertThat(audit.getCertifiedCount()).isZero();
    assertThat(audit.getBrokenCount()).isZero();
    assertThat(audit.getChangedCount()).isEqualTo(3);
  }

  @Test
  void refusesAnAuditOfDifferentEnsembles() {
    Certification certified = run(spec -> {});
    Certification other = run(spec -> spec.setSeed(2));

    assertThatThrownBy(() -> lab.certifications.audit(certified.getName(), other.getName()))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("their specs may differ in the snapshot only");
  }

  @Test
  void givesTheSameCertificationForTheSameSpec() {
    Certification first = run(spec -> spec.setSpread(1));
    Certification second = run(spec -> {});

    assertThat(second.getName()).isEqualTo(first.getName());
    assertThat(lab.certifications.list(0, "").items())
        .singleElement()
        .satisfies(
            listed -> {
              assertThat(listed.getAccuracy()).isEqualTo(1);
              assertThat(listed.getModelsList()).isEmpty();
            });
  }

  @Test
  void trainsForTheRedTeamOnlyIfAskedTo() {
    Certification usual = run(spec -> {});
    Certification redTeam = run(spec -> spec.setRedTeam(true));

    assertThat(runs(usual))
        .noneMatch(run -> lab.services.trainings.get(run).getSpec().getRedTeam());
    assertThat(runs(redTeam))
        .allMatch(run -> lab.services.trainings.get(run).getSpec().getRedTeam());
  }

  @Test
  void failsIfAModelWouldHaveNoSample() {
    Certification ended = run(spec -> spec.setPartitions(30));

    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(ended.getStatus().getError().getMessage())
        .contains("Of 30 models of 30 training samples one has none; ask for fewer partitions");
  }

  @Test
  @Timeout(30)
  void cancelsItsTrainings() {
    lab.services.trainings.hold(spec -> true);
    Certification asked = lab.certifications.create(spec(s -> {}), "");
    while (lab.interests.of(asked.getName()).size() < 5) {
      Thread.onSpinWait();
    }

    lab.certifications.cancel(asked.getName());

    Certification ended = ended(asked);
    lab.finishWork();
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
    assertThat(lab.services.trainings.cancelled()).hasSize(5);
    assertThatThrownBy(() -> lab.certifications.certificates(asked.getName()))
        .hasMessageContaining("ask for it again");
  }

  @Test
  void refusesWhatCanNotBe() {
    refused("too few for 31 models", s -> s.setPartitions(31));
    refused("There is no class \"seven\"", s -> s.setSourceClass("1").setTargetClass("seven"));
    refused("77 epochs", s -> s.setRecipe(RECIPE.toBuilder().setEpochs(77)));
  }

  private void refused(String why, Consumer<CertificationSpec.Builder> change) {
    assertThatThrownBy(() -> lab.certifications.create(spec(change), ""))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(why);
  }

  private static List<String> runs(Certification certification) {
    return certification.getModelsList().stream().map(EnsembleModel::getTrainingRun).toList();
  }

  /** With the first so many samples of class 1 labelled as 7. */
  private String poisoned(int flips) {
    return lab.services
        .poisonings
        .create(
            PoisoningSpec.newBuilder()
                .setSnapshot(FakeServices.SNAPSHOT)
                .setSplit("train")
                .setAttack(
                    Attack.newBuilder()
                        .setTargetedFlip(
                            TargetedFlip.newBuilder().setSourceClass("1").setTargetClass("7")))
                .setBudget(Budget.newBuilder().setCount(flips))
                .build())
        .getPoisonedSnapshot();
  }

  private Certification run(Consumer<CertificationSpec.Builder> change) {
    return ended(lab.certifications.create(spec(change), ""));
  }

  private Certification ended(Certification asked) {
    return lab.certifications
        .watch(asked.getName())
        .collect()
        .last()
        .await()
        .atMost(Duration.ofSeconds(30));
  }

  private static CertificationSpec spec(Consumer<CertificationSpec.Builder> change) {
    CertificationSpec.Builder spec =
        CertificationSpec.newBuilder()
            .setSnapshot(FakeServices.SNAPSHOT)
            .setRecipe(RECIPE)
            .setPartitions(5)
            .setSeed(1);
    change.accept(spec);
    return spec.build();
  }

  private String csv(Certification certification) {
    return new String(
        lab.blobs.get(Tenant.current(), Digest.parse(certification.getCertificatesDigest())),
        UTF_8);
  }
}
