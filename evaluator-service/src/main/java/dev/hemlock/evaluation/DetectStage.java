package dev.hemlock.evaluation;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.Stage;
import dev.hemlock.common.work.Work;
import dev.hemlock.evaluation.detection.Suspicion;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.events.v1.DetectionSucceeded;
import dev.hemlock.proto.poison.v1.Flip;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Gathers a detector's evidence and has it judge the labels. When a try has failed or was cancelled,
 * its jobs that nobody else wants are cancelled.
 */
@Singleton
public class DetectStage implements Stage {
  static final String KIND = "detections";
  static final String NAME = "detect";

  private final Detections detections;
  private final ExperimentJobs jobs;
  private final RemoteDatasets datasets;
  private final RemotePoisonings poisonings;
  private final BlobStore blobs;

  /** Works on {@code detections}. */
  public DetectStage(
      Detections detections,
      ExperimentJobs jobs,
      RemoteDatasets datasets,
      RemotePoisonings poisonings,
      BlobStore blobs) {
    this.detections = detections;
    this.jobs = jobs;
    this.datasets = datasets;
    this.poisonings = poisonings;
    this.blobs = blobs;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] run(Work work) throws InterruptedException {
    DetectionSpec spec = DetectionMapper.spec(work.spec());
    Snapshot snapshot = datasets.snapshot(spec.getSnapshot());
    JudgedSplit judged = JudgedSplit.of(snapshot, spec.getSplit(), blobs);
    List<Probe> probes =
        DetectionPlan.probes(
            spec,
            judged,
            ids -> datasets.select(spec.getSnapshot(), spec.getSplit(), ids, work.name()));
    Timestamp createTime = detections.get(work.name()).getStatus().getCreateTime();
    try (ProbeRun run = new ProbeRun(probes, work, jobs, createTime)) {
      List<Evaluation> evaluations = run.run();
      work.checkpoint();
      Suspicion suspicion = new Evidence(spec, judged, evaluations, blobs).judge(() -> flips(spec));
      Detection.Builder result = DetectionMapper.result(judged, suspicion);
      evaluations.forEach(e -> result.addTrainingRuns(e.getSpec().getTrainingRun()));
      byte[] labels = LabelCsv.write(judged, suspicion);
      result.setLabelsDigest(blobs.put(Tenant.current(), labels).toString());
      jobs.detach(work.name());
      return ProtoJson.bytes(result.build());
    }
  }

  private List<Flip> flips(DetectionSpec spec) {
    String poisoning = spec.getOracle().getPoisoning();
    return poisoning.isEmpty()
        ? List.of()
        : poisonings.flips(poisoning).stream()
            .filter(flip -> flip.getSplit().equals(spec.getSplit()))
            .toList();
  }

  @Override
  public void abandoned(String name) {
    jobs.release(name);
  }

  @Override
  public void succeeded(RunView run, EventPublisher events) {
    Detection detection = DetectionMapper.detection(run);
    events.publish(
        Topics.RESULTS,
        run.name() + "/succeeded",
        "dev.hemlock.detection.succeeded.v1",
        run.name(),
        DetectionSucceeded.newBuilder()
            .setDetection(run.name())
            .setSnapshot(detection.getSpec().getSnapshot())
            .setLabelCount(detection.getLabelCount())
            .setIssueCount(detection.getIssueCount())
            .build());
  }
}
