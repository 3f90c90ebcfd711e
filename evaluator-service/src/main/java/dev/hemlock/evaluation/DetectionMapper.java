package dev.hemlock.evaluation;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.evaluation.detection.DetectionScore.Counts;
import dev.hemlock.evaluation.detection.Suspicion;
import dev.hemlock.proto.evaluation.v1.ClassIssues;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionCounts;
import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.PowerPoint;
import java.util.List;

/** Between the messages of detections and the domain. */
final class DetectionMapper {
  private DetectionMapper() {}

  static DetectionSpec spec(byte[] document) {
    return ProtoJson.parse(document, DetectionSpec.newBuilder()).build();
  }

  static Detection detection(RunView run) {
    Detection.Builder detection = Detection.newBuilder();
    run.result().ifPresent(document -> ProtoJson.parse(document, detection));
    return detection.setName(run.name()).setSpec(spec(run.spec())).setStatus(run.status()).build();
  }

  static Detection.Builder result(JudgedSplit judged, Suspicion suspicion) {
    int classes = judged.classNames().size();
    int[] labels = new int[classes];
    int[] issues = new int[classes];
    for (int i = 0; i < judged.sampleIds().length; i++) {
      labels[judged.labels().given()[i]]++;
      issues[judged.labels().given()[i]] += suspicion.labelIssues()[i] ? 1 : 0;
    }
    Detection.Builder result =
        Detection.newBuilder()
            .setLabelCount(judged.sampleIds().length)
            .setIssueCount(suspicion.issueCount());
    for (int c = 0; c < classes; c++) {
      result.addPerClass(
          ClassIssues.newBuilder()
              .setClassName(judged.classNames().get(c))
              .setLabelCount(labels[c])
              .setIssueCount(issues[c]));
    }
    return result;
  }

  static DetectionScore.Builder score(
      dev.hemlock.evaluation.detection.DetectionScore score, List<String> classNames) {
    DetectionScore.Builder message =
        DetectionScore.newBuilder().setTotal(counts("", score.total()));
    for (int c = 0; c < classNames.size(); c++) {
      message.addPerClass(counts(classNames.get(c), score.byClass().get(c)));
    }
    score.averagePrecision().ifPresent(message::setAveragePrecision);
    return message;
  }

  private static DetectionCounts counts(String className, Counts counts) {
    DetectionCounts.Builder message =
        DetectionCounts.newBuilder()
            .setClassName(className)
            .setLabelCount(counts.labels())
            .setFlipCount(counts.flips())
            .setIssueCount(counts.suspected())
            .setCaughtCount(counts.caught());
    counts.precision().ifPresent(message::setPrecision);
    counts.recall().ifPresent(message::setRecall);
    counts.falseAlarmRate().ifPresent(message::setFalseAlarmRate);
    return message.build();
  }

  static DetectionPower power(
      String check, int cleanCount, dev.hemlock.evaluation.detection.DetectionPower power) {
    DetectionPower.Builder message =
        DetectionPower.newBuilder().setCheck(check).setCleanCount(cleanCount);
    power.threshold().ifPresent(message::setThreshold);
    power.smallestCaught().ifPresent(message::setSmallestCaught);
    power
        .curve()
        .forEach(
            point ->
                message.addCurve(
                    PowerPoint.newBuilder()
                        .setFlipCount(point.budget())
                        .setAlarmCount(point.alarms())
                        .setRunCount(point.runs())
                        .setPower(point.power())
                        .setLow(point.interval().low())
                        .setHigh(point.interval().high())));
    return message.build();
  }
}
