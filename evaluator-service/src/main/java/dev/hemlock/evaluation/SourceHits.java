package dev.hemlock.evaluation;

import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Which test samples of the source class a model reads as the target class. Blocking. */
final class SourceHits {
  private final BlobStore blobs;
  private final int[] sources;
  private final int target;

  private SourceHits(BlobStore blobs, int[] sources, int target) {
    this.blobs = blobs;
    this.sources = sources;
    this.target = target;
  }

  /** Of an experiment's test split, whose labels are read. */
  static SourceHits of(ExperimentSpec spec, Snapshot snapshot, BlobStore blobs) {
    List<String> classes = snapshot.getClassNamesList();
    int source = classes.indexOf(spec.getSourceClass());
    Split test = EvaluationInputs.split(snapshot, ExperimentPlan.TEST);
    int[] labels =
        LabelBlob.decode(blobs.get(Tenant.current(), Digest.parse(test.getLabelDigest())));
    return new SourceHits(
        blobs,
        IntStream.range(0, labels.length).filter(i -> labels[i] == source).toArray(),
        classes.indexOf(spec.getTargetClass()));
  }

  /**
   * Reads an evaluation's stored logits.
   *
   * @param evaluation SUCCEEDED, of the test split
   * @return one bit a sample of the source class, in the order of the split
   */
  BitSet read(Evaluation evaluation) {
    int[] read = StoredLogits.classes(blobs, evaluation.getPredictions());
    return of(sources, target, sample -> read[sample]);
  }

  /** One bit a sample of the source class, of classes predicted for positions in the split. */
  static BitSet of(int[] sources, int target, IntUnaryOperator predicted) {
    BitSet hits = new BitSet(sources.length);
    for (int i = 0; i < sources.length; i++) {
      hits.set(i, predicted.applyAsInt(sources[i]) == target);
    }
    return hits;
  }
}
