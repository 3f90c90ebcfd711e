package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.work.RunsFactory;
import dev.hemlock.evaluation.certification.Certificates;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationAudit;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.EnsembleModel;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.IntStream;

/** Asks for certifications, follows and audits them. Blocking, except {@link #watch}. */
@Singleton
public class Certifications {
  private final Runs runs;
  private final RemoteDatasets datasets;
  private final RemoteTrainings trainings;
  private final Evaluations evaluations;
  private final BlobStore blobs;

  /** Works on the ledger's runs of certifications. */
  public Certifications(
      RunsFactory runs,
      RemoteDatasets datasets,
      RemoteTrainings trainings,
      Evaluations evaluations,
      BlobStore blobs) {
    this.runs = runs.of(CertifyStage.KIND, CertifyStage.NAME);
    this.datasets = datasets;
    this.trainings = trainings;
    this.evaluations = evaluations;
    this.blobs = blobs;
  }

  /**
   * Asks for a certification. Its jobs are asked for by the worker that takes it.
   *
   * @throws HemlockException as {@code CertificationService.CreateCertification} documents
   */
  public Certification create(CertificationSpec spec, String requestId) {
    CertificationSpec complete = CertificationMapper.withDefaults(spec);
    CertificationRules.check(complete, datasets.snapshot(complete.getSnapshot()));
    complete =
        complete.toBuilder()
            .setRecipe(
                trainings
                    .preview(CertificationPlan.training(complete, complete.getSnapshot()))
                    .getSpec()
                    .getRecipe())
            .build();
    return CertificationMapper.certification(runs.create(CanonicalJson.of(complete), requestId));
  }

  /** Reads one certification; NOT_FOUND if there is none of that name. */
  public Certification get(String name) {
    return CertificationMapper.certification(runs.get(name));
  }

  /** Lists certifications by name, without their models. */
  public Page<Certification> list(int pageSize, String pageToken) {
    return runs.list(pageSize, pageToken)
        .map(run -> CertificationMapper.certification(run).toBuilder().clearModels().build());
  }

  /** Asks a certification to stop; its worker lets go of its jobs. One that has ended stays. */
  public Certification cancel(String name) {
    return CertificationMapper.certification(runs.cancel(name));
  }

  /** The present state at once, then each change, to a terminal state. */
  public Multi<Certification> watch(String name) {
    return runs.watch(name).map(CertificationMapper::certification);
  }

  /**
   * The CSV file of certificates.
   *
   * @throws HemlockException NOT_FOUND, FAILED_PRECONDITION (not SUCCEEDED yet)
   */
  public Digest certificates(String name) {
    return Digest.parse(CertificationRules.requireSucceeded(get(name)).getCertificatesDigest());
  }

  /**
   * Counts the certified predictions that real flips changed.
   *
   * @param name the certification under audit
   * @param attackedName the one of the same ensemble trained on flipped labels
   * @throws HemlockException as {@code CertificationService.AuditCertification} documents
   */
  public CertificationAudit audit(String name, String attackedName) {
    Certification certified = CertificationRules.requireSucceeded(get(name));
    Certification attacked = CertificationRules.requireSucceeded(get(attackedName));
    Snapshot given = datasets.snapshot(certified.getSpec().getSnapshot());
    Snapshot flipped = datasets.snapshot(attacked.getSpec().getSnapshot());
    CertificationRules.requireSameButLabels(certified, given, attacked, flipped);
    int flips = differences(trainingLabels(given), trainingLabels(flipped));
    Certificates before = certificates(certified, given);
    Certificates after = certificates(attacked, flipped);
    return CertificationAudit.newBuilder()
        .setCertification(name)
        .setAttacked(attackedName)
        .setFlipCount(flips)
        .setChangedModelCount(changedModels(certified, attacked))
        .setSampleCount(certified.getSampleCount())
        .setCertifiedCount((int) before.certified(flips).count())
        .setBrokenCount(
            (int) before.certified(flips).filter(i -> changed(before, after, i)).count())
        .setChangedCount(differences(before.predictions(), after.predictions()))
        .build();
  }

  private Certificates certificates(Certification certification, Snapshot snapshot) {
    return CertificationPlan.certificates(
        certification.getSpec(),
        snapshot,
        certification.getModelsList().stream()
            .map(model -> evaluations.get(model.getEvaluation()))
            .toList(),
        blobs);
  }

  private int[] trainingLabels(Snapshot snapshot) {
    return JudgedSplit.of(snapshot, ExperimentPlan.TRAIN, blobs).labels().given();
  }

  private static boolean changed(Certificates before, Certificates after, int sample) {
    return before.predictions()[sample] != after.predictions()[sample];
  }

  private static int changedModels(Certification certified, Certification attacked) {
    List<EnsembleModel> before = certified.getModelsList();
    List<EnsembleModel> after = attacked.getModelsList();
    return (int)
        IntStream.range(0, before.size())
            .filter(i -> !before.get(i).getTrainingRun().equals(after.get(i).getTrainingRun()))
            .count();
  }

  private static int differences(int[] some, int[] others) {
    return (int) IntStream.range(0, some.length).filter(i -> some[i] != others[i]).count();
  }
}
