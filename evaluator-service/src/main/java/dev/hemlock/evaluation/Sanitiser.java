package dev.hemlock.evaluation;

import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.evaluation.detection.Suspicion;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionCounts;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.SanitiseAction;
import jakarta.inject.Singleton;
import java.util.stream.IntStream;

/** Derives data without the labels that a detection calls wrong. Blocking. */
@Singleton
public class Sanitiser {
  private final Detections detections;
  private final RemoteDatasets datasets;
  private final BlobStore blobs;

  /** Stores what is derived into {@code blobs}. */
  public Sanitiser(Detections detections, RemoteDatasets datasets, BlobStore blobs) {
    this.detections = detections;
    this.datasets = datasets;
    this.blobs = blobs;
  }

  /**
   * Derives data from the snapshot that was judged; the snapshot itself if no label is called wrong.
   *
   * @param detection SUCCEEDED
   * @param poisoning that made the snapshot, to count what was caught; empty if it is clean
   * @param defence for the new snapshot's provenance
   */
  Sanitised sanitise(Detection detection, SanitiseAction action, String poisoning, String defence) {
    DetectionCounts counts = detections.score(detection.getName(), poisoning).getTotal();
    return new Sanitised(
        counts.getIssueCount() == 0
            ? detection.getSpec().getSnapshot()
            : derive(detection, action, defence + " by " + detection.getName()),
        counts.getFlipCount(),
        counts.getCaughtCount(),
        counts.getLabelCount() - counts.getFlipCount(),
        counts.getIssueCount() - counts.getCaughtCount());
  }

  private String derive(Detection detection, SanitiseAction action, String origin) {
    DetectionSpec spec = detection.getSpec();
    JudgedSplit judged =
        JudgedSplit.of(datasets.snapshot(spec.getSnapshot()), spec.getSplit(), blobs);
    Suspicion suspicion =
        LabelCsv.read(
            blobs.get(Tenant.current(), Digest.parse(detection.getLabelsDigest())), judged);
    boolean[] issues = suspicion.labelIssues();
    int[] ids = judged.sampleIds();
    if (action == SanitiseAction.SANITISE_ACTION_RELABEL) {
      int[] labels =
          IntStream.range(0, ids.length)
              .map(i -> issues[i] ? suspicion.predictedLabels()[i] : judged.labels().given()[i])
              .toArray();
      return datasets.relabel(spec.getSnapshot(), labels, origin);
    }
    int[] kept = IntStream.range(0, ids.length).filter(i -> !issues[i]).map(i -> ids[i]).toArray();
    return datasets.select(spec.getSnapshot(), spec.getSplit(), kept, origin);
  }
}
