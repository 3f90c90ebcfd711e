package dev.hemlock.evaluation;

import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.poison.v1.Flip;
import java.util.Arrays;
import java.util.List;

/**
 * Which flipped training samples a model reads as their false label: the memorised ones, in the
 * words of Arpit et al., "A Closer Look at Memorization in Deep Networks" (ICML 2017). Blocking.
 */
final class FlipFits {
  private final BlobStore blobs;
  private final List<String> classes;
  private final int[] sampleIds;

  /** Of a snapshot's train split. */
  FlipFits(Snapshot snapshot, BlobStore blobs) {
    this.blobs = blobs;
    this.classes = snapshot.getClassNamesList();
    Split train = EvaluationInputs.split(snapshot, ExperimentPlan.TRAIN);
    this.sampleIds =
        train.getSelectionDigest().isEmpty()
            ? SelectionBlob.all(train.getSampleCount())
            : SelectionBlob.decode(
                blobs.get(Tenant.current(), Digest.parse(train.getSelectionDigest())));
  }

  /**
   * The share of flips whose sample the model reads as the class that it was relabelled as.
   *
   * @param evaluation SUCCEEDED, of the train split
   * @param flips at least one, of the train split
   */
  double share(Evaluation evaluation, List<Flip> flips) {
    int[] read = StoredLogits.classes(blobs, evaluation.getPredictions());
    long fitted =
        flips.stream()
            .filter(
                flip ->
                    read[Arrays.binarySearch(sampleIds, flip.getSampleId())]
                        == classes.indexOf(flip.getToClass()))
            .count();
    return (double) fitted / flips.size();
  }
}
