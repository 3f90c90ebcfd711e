package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationAudit;
import dev.hemlock.proto.evaluation.v1.CertifiedPoint;
import dev.hemlock.proto.evaluation.v1.EnsembleModel;

/** Certifications and audits as tables. */
final class CertificationText {
  static final String AUDIT_HEADING =
      "%8s %10s %10s %8s %8s %9s %9s  %s%n"
          .formatted(
              "flipped",
              "retrained",
              "certified",
              "broken",
              "changed",
              "accuracy",
              "attacked",
              "snapshot");

  private CertificationText() {}

  static String of(Certification certification) {
    boolean attack = !certification.getSpec().getSourceClass().isEmpty();
    StringBuilder text =
        new StringBuilder(
            "%d models, each right on %.4f of the %d test samples in the mean; together on %.4f%n"
                .formatted(
                    certification.getModelsCount(),
                    certification.getModelsList().stream()
                        .mapToDouble(EnsembleModel::getAccuracy)
                        .average()
                        .orElse(0),
                    certification.getSampleCount(),
                    certification.getAccuracy()));
    if (attack) {
      text.append(
          "attack success: %s read as %s%n"
              .formatted(
                  certification.getSpec().getSourceClass(),
                  certification.getSpec().getTargetClass()));
    }
    text.append("%8s %18s".formatted("flipped", "certified accuracy"));
    text.append(attack ? " %22s%n".formatted("attack success, at most") : "%n".formatted());
    for (CertifiedPoint point : certification.getCurveList()) {
      text.append("%8d %18.4f".formatted(point.getFlipCount(), point.getAccuracy()));
      text.append(attack ? " %23.4f%n".formatted(point.getAttackSuccessBound()) : "%n".formatted());
    }
    return text.toString();
  }

  /** A line under {@link #AUDIT_HEADING}. */
  static String of(CertificationAudit audit, Certification attacked) {
    CertifiedPoint given = attacked.getCurve(0);
    return "%8d %10d %10d %8d %8d %9.4f %9s  %s%n"
        .formatted(
            audit.getFlipCount(),
            audit.getChangedModelCount(),
            audit.getCertifiedCount(),
            audit.getBrokenCount(),
            audit.getChangedCount(),
            attacked.getAccuracy(),
            given.hasAttackSuccessBound() ? "%.4f".formatted(given.getAttackSuccessBound()) : "-",
            attacked.getSpec().getSnapshot());
  }
}
