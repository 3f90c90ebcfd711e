package dev.hemlock.evaluation;

import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.evaluation.report.JudgementPage;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.evaluation.v1.DataLineage;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsResponse;
import jakarta.inject.Singleton;

/** Judges predictions of models that were trained elsewhere. Blocking. */
@Singleton
public class Judgements {
  private static final double ACCURACY_MARGIN = 0.02;

  private final RemoteDatasets datasets;
  private final BlobStore blobs;

  /** Reads labels from {@code blobs}. */
  public Judgements(RemoteDatasets datasets, BlobStore blobs) {
    this.datasets = datasets;
    this.blobs = blobs;
  }

  /**
   * Judges.
   *
   * @throws dev.hemlock.common.error.HemlockException as {@code EvaluationService.JudgePredictions}
   *     documents
   */
  public JudgePredictionsResponse judge(JudgePredictionsRequest request) {
    JudgePredictionsRequest complete =
        request.toBuilder()
            .setSplit(request.getSplit().isEmpty() ? ExperimentPlan.TEST : request.getSplit())
            .setAccuracyMargin(
                request.getAccuracyMargin() == 0 ? ACCURACY_MARGIN : request.getAccuracyMargin())
            .build();
    Snapshot snapshot = datasets.snapshot(complete.getSnapshot());
    Split split = EvaluationInputs.split(snapshot, complete.getSplit());
    int[] labels = LabelBlob.decode(blob(split.getLabelDigest()));
    int[] ids =
        split.getSelectionDigest().isEmpty()
            ? SelectionBlob.all(labels.length)
            : SelectionBlob.decode(blob(split.getSelectionDigest()));
    ExperimentReport report =
        new ExternalPairs(complete, snapshot.getClassNamesList(), ids, labels)
            .report()
            .setData(
                DataLineage.newBuilder()
                    .setStatistics(datasets.statistics(complete.getSnapshot()))
                    .addAllClassNames(snapshot.getClassNamesList())
                    .setImageShape(snapshot.getImageShape()))
            .build();
    return JudgePredictionsResponse.newBuilder()
        .setReport(report)
        .setPage(JudgementPage.render(report))
        .build();
  }

  private byte[] blob(String digest) {
    return blobs.get(Tenant.current(), Digest.parse(digest));
  }
}
