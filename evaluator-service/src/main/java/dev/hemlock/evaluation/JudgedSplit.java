package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.evaluation.detection.GivenLabels;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import java.util.Arrays;
import java.util.List;

/**
 * The labels of one split, and whose they are.
 *
 * @param sampleIds the stable ids, ascending
 */
@SuppressWarnings("ArrayRecordComponent")
record JudgedSplit(GivenLabels labels, int[] sampleIds, List<String> classNames) {

  /** Reads a split, or INVALID_ARGUMENT with the splits there are. Blocking. */
  static JudgedSplit of(Snapshot snapshot, String name, BlobStore blobs) {
    Split split = EvaluationInputs.split(snapshot, name);
    if (snapshot.getClassNamesCount() < 2) {
      throw HemlockException.invalidArgument(
          snapshot.getName()
              + " has a single class, so that no label can be wrong; choose another");
    }
    int[] ids =
        split.getSelectionDigest().isEmpty()
            ? SelectionBlob.all(split.getSampleCount())
            : SelectionBlob.decode(
                blobs.get(Tenant.current(), Digest.parse(split.getSelectionDigest())));
    int[] given =
        LabelBlob.decode(blobs.get(Tenant.current(), Digest.parse(split.getLabelDigest())));
    return new JudgedSplit(
        new GivenLabels(given, snapshot.getClassNamesCount()), ids, snapshot.getClassNamesList());
  }

  /** Where a sample stands. */
  int position(int sampleId) {
    return Arrays.binarySearch(sampleIds, sampleId);
  }
}
