package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.evaluation.certification.Certificates;
import dev.hemlock.evaluation.certification.Certificates.Point;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.CertifiedPoint;
import dev.hemlock.proto.evaluation.v1.EnsembleModel;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import java.util.List;
import java.util.OptionalInt;

/** Between the messages of certifications and the domain. */
final class CertificationMapper {
  private static final String HEADING =
      "sample_id,label,prediction,certified_flips,certified_flips_against_target\n";

  private CertificationMapper() {}

  static CertificationSpec withDefaults(CertificationSpec spec) {
    return spec.getSpread() == 0 ? spec.toBuilder().setSpread(1).build() : spec;
  }

  static CertificationSpec spec(byte[] document) {
    return ProtoJson.parse(document, CertificationSpec.newBuilder()).build();
  }

  static Certification certification(RunView run) {
    Certification.Builder certification = Certification.newBuilder();
    run.result().ifPresent(document -> ProtoJson.parse(document, certification));
    return certification
        .setName(run.name())
        .setSpec(spec(run.spec()))
        .setStatus(run.status())
        .build();
  }

  /**
   * The headline figures.
   *
   * @param test whose labels are the truth
   * @param source the class that is attacked, if an attack is looked at
   */
  static Certification.Builder result(
      Certificates certificates, JudgedSplit test, OptionalInt source) {
    ConfusionMatrix confusion =
        ConfusionMatrix.count(
            test.labels().given(), certificates.predictions(), test.classNames().size());
    List<Point> curve = certificates.curve(test.labels().given(), source);
    Certification.Builder result =
        Certification.newBuilder()
            .setSampleCount(test.labels().given().length)
            .setAccuracy(confusion.accuracy())
            .addAllConfusion(EvaluationMapper.confusion(confusion));
    Certificates.median(curve).ifPresent(result::setMedianCertifiedFlips);
    for (Point point : curve) {
      CertifiedPoint.Builder message =
          result.addCurveBuilder().setFlipCount(point.flips()).setAccuracy(point.accuracy());
      if (source.isPresent()) {
        message.setAttackSuccessBound(point.attackSuccess());
      }
    }
    return result;
  }

  static EnsembleModel model(Evaluation evaluation, int samples) {
    return EnsembleModel.newBuilder()
        .setTrainingRun(evaluation.getSpec().getTrainingRun())
        .setEvaluation(evaluation.getName())
        .setSampleCount(samples)
        .setAccuracy(evaluation.getMetrics().getAccuracy())
        .build();
  }

  /** The CSV file that {@code CertificationService.DownloadCertification} documents. */
  static byte[] csv(Certificates certificates, JudgedSplit test) {
    String[] names = test.classNames().stream().map(LabelCsv::cell).toArray(String[]::new);
    StringBuilder text = new StringBuilder(HEADING);
    for (int i = 0; i < test.labels().given().length; i++) {
      text.append(test.sampleIds()[i])
          .append(',')
          .append(names[test.labels().given()[i]])
          .append(',')
          .append(names[certificates.predictions()[i]])
          .append(',')
          .append(certificates.radii()[i])
          .append(',')
          .append(certificates.hasTarget() ? certificates.targetRadii()[i] : "")
          .append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }
}
