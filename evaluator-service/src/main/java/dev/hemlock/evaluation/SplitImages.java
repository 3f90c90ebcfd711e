package dev.hemlock.evaluation;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.ImageShards;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;

/** The images and labels of one split, in the order of its samples. */
final class SplitImages {
  private final ImageShards shards;
  private final int[] positions;
  private final int[] labels;

  private SplitImages(ImageShards shards, int[] positions, int[] labels) {
    this.shards = shards;
    this.positions = positions;
    this.labels = labels;
  }

  /** Reads the labels and maps the images. */
  static SplitImages open(BlobStore blobs, String tenant, Snapshot snapshot, Split split) {
    int[] labels = LabelBlob.decode(blobs.get(tenant, Digest.parse(split.getLabelDigest())));
    int[] positions =
        split.getSelectionDigest().isEmpty()
            ? SelectionBlob.all(split.getStoredCount())
            : SelectionBlob.decode(blobs.get(tenant, Digest.parse(split.getSelectionDigest())));
    return new SplitImages(
        ImageShards.open(
            blobs,
            tenant,
            shape(snapshot),
            split.getShardDigestsList().stream().map(Digest::parse).toList(),
            split.getImagesPerShard(),
            split.getStoredCount()),
        positions,
        labels);
  }

  static ImageShape shape(Snapshot snapshot) {
    return new ImageShape(
        snapshot.getImageShape().getHeight(),
        snapshot.getImageShape().getWidth(),
        snapshot.getImageShape().getChannels());
  }

  /** How many samples the split holds. */
  int count() {
    return positions.length;
  }

  /** The stable ids, ascending. */
  int[] sampleIds() {
    return positions;
  }

  /** True class indexes. */
  int[] labels() {
    return labels;
  }

  /** The pixels of samples {@code from} to {@code to} (exclusive), one image after the other. */
  byte[] pixels(int from, int to) {
    byte[] pixels = new byte[(to - from) * shards.stride()];
    for (int i = from; i < to; i++) {
      shards.copy(positions[i], pixels, (i - from) * shards.stride());
    }
    return pixels;
  }
}
