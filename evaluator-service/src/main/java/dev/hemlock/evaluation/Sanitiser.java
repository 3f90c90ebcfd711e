package dev.hemlock.evaluation;

import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.detection.GivenLabels;
import dev.hemlock.evaluation.detection.Matrix;
import dev.hemlock.evaluation.detection.NeighbourDisagreement;
import dev.hemlock.evaluation.detection.Oracle;
import dev.hemlock.evaluation.detection.RandomFilter;
import dev.hemlock.evaluation.detection.Suspicion;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.Predictions;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.evaluation.v1.SanitiseAction;
import jakarta.inject.Singleton;
import java.util.stream.IntStream;

/**
 * Has detectors judge the labels that a model was trained on, and derives data without those that they
 * suspect. Blocking.
 */
@Singleton
public class Sanitiser {
  private final RemoteDatasets datasets;
  private final BlobStore blobs;

  /** Stores what is derived into {@code blobs}. */
  public Sanitiser(RemoteDatasets datasets, BlobStore blobs) {
    this.datasets = datasets;
    this.blobs = blobs;
  }

  /**
   * Derives a model's data.
   *
   * @param given the snapshot before
   * @param evidence of the undefended model on the train split
   */
  Sanitised sanitise(ExperimentPlan plan, Model model, String given, Evaluation evidence) {
    Snapshot snapshot = datasets.snapshot(given);
    Split split = EvaluationInputs.split(snapshot, ExperimentPlan.TRAIN);
    GivenLabels labels = labels(split, snapshot.getClassNamesCount());
    Split clean =
        EvaluationInputs.split(datasets.snapshot(plan.spec().getSnapshot()), ExperimentPlan.TRAIN);
    GivenLabels truth = labels(clean, labels.classCount());
    int[] ids = sampleIds(split);
    Sanitise how = plan.sanitise(model);
    Suspicion suspicion =
        switch (how.getDetectorCase()) {
          case NEIGHBOURS ->
              new NeighbourDisagreement(how.getNeighbours().getCount())
                  .judge(labels, features(evidence.getPredictions()));
          case ORACLE -> new Oracle().judge(labels, truth);
          case RANDOM ->
              new RandomFilter(how.getRandom().getShare(), model.seed()).judge(labels, ids);
          case DETECTOR_NOT_SET -> throw new IllegalArgumentException("A detector is missing");
        };
    String origin = plan.label(model.treatment()) + " by " + evidence.getName();
    return counted(
        suspicion, labels, truth, derive(how.getAction(), given, labels, ids, suspicion, origin));
  }

  private String derive(
      SanitiseAction action,
      String given,
      GivenLabels labels,
      int[] ids,
      Suspicion suspicion,
      String origin) {
    if (suspicion.issueCount() == 0) {
      return given;
    }
    boolean[] issues = suspicion.labelIssues();
    if (action == SanitiseAction.SANITISE_ACTION_RELABEL) {
      int[] replaced =
          IntStream.range(0, labels.count())
              .map(i -> issues[i] ? suspicion.predictedLabels()[i] : labels.given()[i])
              .toArray();
      return datasets.relabel(given, put(LabelBlob.encode(replaced)), origin);
    }
    int[] kept = IntStream.range(0, ids.length).filter(i -> !issues[i]).map(i -> ids[i]).toArray();
    return datasets.select(given, ExperimentPlan.TRAIN, put(SelectionBlob.encode(kept)), origin);
  }

  private static Sanitised counted(
      Suspicion suspicion, GivenLabels labels, GivenLabels truth, String snapshot) {
    int flips = 0;
    int caught = 0;
    for (int i = 0; i < labels.count(); i++) {
      boolean flipped = labels.given()[i] != truth.given()[i];
      flips += flipped ? 1 : 0;
      caught += flipped && suspicion.labelIssues()[i] ? 1 : 0;
    }
    return new Sanitised(
        snapshot, flips, caught, labels.count() - flips, suspicion.issueCount() - caught);
  }

  private GivenLabels labels(Split split, int classes) {
    return new GivenLabels(
        LabelBlob.decode(blobs.get(Tenant.current(), Digest.parse(split.getLabelDigest()))),
        classes);
  }

  private int[] sampleIds(Split split) {
    return split.getSelectionDigest().isEmpty()
        ? SelectionBlob.all(split.getSampleCount())
        : SelectionBlob.decode(
            blobs.get(Tenant.current(), Digest.parse(split.getSelectionDigest())));
  }

  private Matrix features(Predictions predictions) {
    return new Matrix(
        StoredLogits.floats(blobs, predictions.getFeaturesDigest()),
        predictions.getSampleCount(),
        predictions.getFeatureCount());
  }

  private String put(byte[] blob) {
    return blobs.put(Tenant.current(), blob).toString();
  }
}
