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
import dev.hemlock.evaluation.certification.Certificates;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.events.v1.CertificationSucceeded;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the training data, has the models trained and asked, and certifies their vote. When a try
 * has failed or was cancelled, its jobs that nobody else wants are cancelled.
 */
@Singleton
public class CertifyStage implements Stage {
  static final String KIND = "certifications";
  static final String NAME = "certify";

  private final Certifications certifications;
  private final ExperimentJobs jobs;
  private final RemoteDatasets datasets;
  private final BlobStore blobs;

  /** Works on {@code certifications}. */
  public CertifyStage(
      Certifications certifications,
      ExperimentJobs jobs,
      RemoteDatasets datasets,
      BlobStore blobs) {
    this.certifications = certifications;
    this.jobs = jobs;
    this.datasets = datasets;
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
    CertificationSpec spec = CertificationMapper.spec(work.spec());
    Snapshot snapshot = datasets.snapshot(spec.getSnapshot());
    SplitImages images =
        SplitImages.open(
            blobs,
            Tenant.current(),
            snapshot,
            EvaluationInputs.split(snapshot, ExperimentPlan.TRAIN));
    List<int[]> samples = CertificationPlan.samples(spec, images, work::checkpoint);
    List<Probe> probes = new ArrayList<>();
    for (int[] ids : samples) {
      work.checkpoint();
      String part = datasets.select(spec.getSnapshot(), ExperimentPlan.TRAIN, ids, work.name());
      probes.add(CertificationPlan.probe(spec, part));
    }
    Timestamp createTime = certifications.get(work.name()).getStatus().getCreateTime();
    try (ProbeRun run = new ProbeRun(probes, work, jobs, createTime)) {
      List<Evaluation> evaluations = run.run();
      work.checkpoint();
      byte[] result = ProtoJson.bytes(certify(spec, snapshot, samples, evaluations));
      jobs.detach(work.name());
      return result;
    }
  }

  private Certification certify(
      CertificationSpec spec,
      Snapshot snapshot,
      List<int[]> samples,
      List<Evaluation> evaluations) {
    Certificates certificates = CertificationPlan.certificates(spec, snapshot, evaluations, blobs);
    JudgedSplit test = JudgedSplit.of(snapshot, ExperimentPlan.TEST, blobs);
    Certification.Builder result =
        CertificationMapper.result(certificates, test, CertificationPlan.source(spec, snapshot));
    for (int model = 0; model < samples.size(); model++) {
      result.addModels(
          CertificationMapper.model(evaluations.get(model), samples.get(model).length));
    }
    byte[] table = CertificationMapper.csv(certificates, test);
    return result.setCertificatesDigest(blobs.put(Tenant.current(), table).toString()).build();
  }

  @Override
  public void abandoned(String name) {
    jobs.release(name);
  }

  @Override
  public void succeeded(RunView run, EventPublisher events) {
    Certification certification = CertificationMapper.certification(run);
    CertificationSucceeded.Builder event =
        CertificationSucceeded.newBuilder()
            .setCertification(run.name())
            .setSnapshot(certification.getSpec().getSnapshot())
            .setModelCount(certification.getModelsCount())
            .setAccuracy(certification.getAccuracy());
    if (certification.hasMedianCertifiedFlips()) {
      event.setMedianCertifiedFlips(certification.getMedianCertifiedFlips());
    }
    events.publish(
        Topics.RESULTS,
        run.name() + "/succeeded",
        "dev.hemlock.certification.succeeded.v1",
        run.name(),
        event.build());
  }
}
