package dev.hemlock.training;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Made-up images that can be learnt: noise, brighter in one of three bands a class. */
final class Pictures {
  static final List<String> CLASSES = List.of("cat", "dog", "owl");

  private Pictures() {}

  /** Labels of n samples: 0, 1, 2, 0, … */
  static int[] labels(int count) {
    return IntStream.range(0, count).map(i -> i % CLASSES.size()).toArray();
  }

  /** All images one after the other. */
  static byte[] pixels(ImageShape shape, int count) {
    byte[] pixels = new byte[count * shape.stride()];
    Random random = new Random(5);
    for (int i = 0; i < pixels.length; i++) {
      int label = i / shape.stride() % CLASSES.size();
      int row = i % shape.stride() / (shape.width() * shape.channels());
      boolean bright = row * CLASSES.size() / shape.height() == label;
      pixels[i] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
    }
    return pixels;
  }

  /**
   * A snapshot of two splits.
   *
   * @param ids the ids of the training samples
   * @param labels one a training sample
   */
  static Snapshot.Builder snapshot(
      BlobStore blobs, ImageShape shape, int stored, int[] ids, int[] labels) {
    return Snapshot.newBuilder()
        .setImageShape(
            dev.hemlock.proto.dataset.v1.ImageShape.newBuilder()
                .setHeight(shape.height())
                .setWidth(shape.width())
                .setChannels(shape.channels()))
        .addAllClassNames(CLASSES)
        .addSplits(split(blobs, shape, "test", stored, SelectionBlob.all(stored), labels(stored)))
        .addSplits(split(blobs, shape, "train", stored, ids, labels));
  }

  private static Split split(
      BlobStore blobs, ImageShape shape, String name, int stored, int[] ids, int[] labels) {
    String tenant = Tenant.current();
    int perShard = 50;
    byte[] pixels = pixels(shape, stored);
    Split.Builder split =
        Split.newBuilder()
            .setName(name)
            .setSampleCount(ids.length)
            .setStoredCount(stored)
            .setImagesPerShard(perShard)
            .setLabelDigest(blobs.put(tenant, LabelBlob.encode(labels)).toString());
    for (int from = 0; from < stored; from += perShard) {
      int to = Math.min(stored, from + perShard);
      byte[] shard = Arrays.copyOfRange(pixels, from * shape.stride(), to * shape.stride());
      split.addShardDigests(blobs.put(tenant, shard).toString());
    }
    if (ids.length < stored) {
      split.setSelectionDigest(blobs.put(tenant, SelectionBlob.encode(ids)).toString());
    }
    return split.build();
  }
}
