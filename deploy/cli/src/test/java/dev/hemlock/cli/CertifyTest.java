package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationAudit;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.CertifiedPoint;
import dev.hemlock.proto.evaluation.v1.EnsembleModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class CertifyTest {
  private static final Certification CERTIFICATION =
      Certification.newBuilder()
          .setSampleCount(200)
          .setAccuracy(0.75)
          .addModels(EnsembleModel.newBuilder().setAccuracy(0.5))
          .addModels(EnsembleModel.newBuilder().setAccuracy(0.6))
          .addCurve(CertifiedPoint.newBuilder().setFlipCount(0).setAccuracy(0.75))
          .addCurve(CertifiedPoint.newBuilder().setFlipCount(1).setAccuracy(0.25))
          .build();

  @Test
  void showsTheCurve() {
    assertThat(CertificationText.of(CERTIFICATION))
        .contains("2 models, each right on 0.5500 of the 200 test samples in the mean")
        .containsPattern("(?m)^ +0 +0\\.7500$")
        .containsPattern("(?m)^ +1 +0\\.2500$")
        .doesNotContain("attack");
  }

  @Test
  void showsTheBoundOfAnAttack() {
    Certification.Builder attacked = CERTIFICATION.toBuilder();
    attacked.setSpec(
        CertificationSpec.newBuilder().setSourceClass("automobile").setTargetClass("truck"));
    attacked.getCurveBuilder(1).setAttackSuccessBound(0.375);

    assertThat(CertificationText.of(attacked.build()))
        .contains("automobile read as truck")
        .containsPattern("(?m)^ +1 +0\\.2500 +0\\.3750$");
  }

  @Test
  void showsAnAudit() {
    CertificationAudit audit =
        CertificationAudit.newBuilder()
            .setFlipCount(12)
            .setChangedModelCount(11)
            .setCertifiedCount(90)
            .setChangedCount(3)
            .build();

    assertThat(CertificationText.of(audit, CERTIFICATION))
        .containsPattern("^ +12 +11 +90 +0 +3 +0\\.7500 +- ");
  }

  @Test
  void asksForSnapshotAndPartitions() {
    StringWriter errors = new StringWriter();

    int code = Hemlock.commandLine().setErr(new PrintWriter(errors)).execute("certify");

    assertThat(code).isEqualTo(1);
    assertThat(errors.toString()).contains("Give --snapshot and --partitions");
  }
}
