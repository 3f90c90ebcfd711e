package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.ImageShards;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import java.util.Arrays;
import java.util.List;

/** The samples of one split: ids, labels, and images a shard at a time. Not thread-safe. */
final class Samples {

  private final BlobStore blobs;
  private final String tenant;
  private final ImageShape shape;
  private final Split split;
  private final int[] ids;
  private final int[] labels;
  private int openShard = -1;
  private ImageShards shard;

  /**
   * Reads ids and labels.
   *
   * @throws HemlockException DATA_LOSS when a blob is missing or damaged
   */
  Samples(BlobStore blobs, String tenant, Snapshot snapshot, Split split) {
    this.blobs = blobs;
    this.tenant = tenant;
    this.shape = snapshot.shape();
    this.split = split;
    this.labels = LabelBlob.decode(blobs.get(tenant, split.labels()));
    this.ids =
        split
            .selection()
            .map(digest -> SelectionBlob.decode(blobs.get(tenant, digest)))
            .orElseGet(() -> SelectionBlob.all(split.storedCount()));
    if (ids.length != split.sampleCount() || labels.length != split.sampleCount()) {
      throw HemlockException.dataLoss(
          "The split \"%s\" has %d ids and %d labels for %d samples; restore its blobs."
              .formatted(split.name(), ids.length, labels.length, split.sampleCount()));
    }
  }

  /** The stable sample ids, ascending. */
  int[] ids() {
    return ids;
  }

  /** The label of each sample. */
  int[] labels() {
    return labels;
  }

  /** The index of a sample id, or a negative number. */
  int indexOf(int id) {
    return Arrays.binarySearch(ids, id);
  }

  /** The image of a sample id. */
  Pixels image(int id) {
    int index = id / split.imagesPerShard();
    if (index != openShard) {
      int first = index * split.imagesPerShard();
      int count = Math.min(split.imagesPerShard(), split.storedCount() - first);
      shard =
          ImageShards.open(
              blobs,
              tenant,
              shape,
              List.of(split.shards().get(index)),
              split.imagesPerShard(),
              count);
      openShard = index;
    }
    byte[] pixels = new byte[shape.stride()];
    shard.copy(id % split.imagesPerShard(), pixels, 0);
    return new Pixels(shape.height(), shape.width(), shape.channels(), pixels);
  }
}
