package dev.hemlock.dataset;

import dev.hemlock.common.storage.Digest;
import java.util.List;
import java.util.Optional;

/**
 * One split of a snapshot.
 *
 * @param name for example {@code train}
 * @param sampleCount samples
 * @param storedCount images in the shards
 * @param shards the image shards, in order
 * @param imagesPerShard images of each shard but the last
 * @param labels the label blob
 * @param selection the stored positions of the samples, which are their stable ids; empty when every
 *     stored image is a sample
 */
record Split(
    String name,
    int sampleCount,
    int storedCount,
    List<Digest> shards,
    int imagesPerShard,
    Digest labels,
    Optional<Digest> selection) {

  Split {
    shards = List.copyOf(shards);
  }

  /** The same samples with other labels. */
  Split relabelled(Digest newLabels) {
    return new Split(name, sampleCount, storedCount, shards, imagesPerShard, newLabels, selection);
  }

  /** Fewer samples of the same images. */
  Split selected(int count, Digest newLabels, Optional<Digest> newSelection) {
    return new Split(name, count, storedCount, shards, imagesPerShard, newLabels, newSelection);
  }

  /** Whether equal sample ids mean equal images in both, if their shapes are equal. */
  boolean sharesImagesWith(Split other) {
    return shards.equals(other.shards) && imagesPerShard == other.imagesPerShard;
  }

  /** Whether both have the same samples, if their shapes are equal. */
  boolean sharesSamplesWith(Split other) {
    return name.equals(other.name)
        && sampleCount == other.sampleCount
        && sharesImagesWith(other)
        && selection.equals(other.selection);
  }
}
