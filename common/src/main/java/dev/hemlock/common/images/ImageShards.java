package dev.hemlock.common.images;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The stored images of a split, memory-mapped: raw unsigned bytes, row by row, a pixel's channels
 * side by side, one fixed stride an image. Threads may read at once.
 */
public final class ImageShards {
  private final ImageShape shape;
  private final int imagesPerShard;
  private final int storedCount;
  private final MappedByteBuffer[] shards;

  private ImageShards(
      ImageShape shape, int imagesPerShard, int storedCount, MappedByteBuffer[] shards) {
    this.shape = shape;
    this.imagesPerShard = imagesPerShard;
    this.storedCount = storedCount;
    this.shards = shards;
  }

  /**
   * Verifies and maps the shards.
   *
   * @param digests one a shard, in order
   * @param imagesPerShard images in every shard but the last, from 1
   * @param storedCount images in all
   * @throws HemlockException NOT_FOUND or DATA_LOSS naming a digest; INVALID_ARGUMENT if number and
   *     sizes of the shards don't fit the counts
   */
  public static ImageShards open(
      BlobStore blobs,
      String tenant,
      ImageShape shape,
      List<Digest> digests,
      int imagesPerShard,
      int storedCount) {
    if (imagesPerShard < 1
        || storedCount < 0
        || digests.size() != ((long) storedCount + imagesPerShard - 1) / imagesPerShard) {
      throw HemlockException.invalidArgument(
          "%d shards of %d images can't hold %d images"
              .formatted(digests.size(), imagesPerShard, storedCount));
    }
    MappedByteBuffer[] shards = new MappedByteBuffer[digests.size()];
    for (int i = 0; i < shards.length; i++) {
      int images = Math.min(imagesPerShard, storedCount - i * imagesPerShard);
      shards[i] = map(blobs.file(tenant, digests.get(i)));
      if (shards[i].capacity() != images * shape.stride()) {
        throw HemlockException.invalidArgument(
            "Shard %s has %d bytes, not %d images of %d bytes"
                .formatted(digests.get(i), shards[i].capacity(), images, shape.stride()));
      }
    }
    return new ImageShards(shape, imagesPerShard, storedCount, shards);
  }

  /** The shape of every image. */
  public ImageShape shape() {
    return shape;
  }

  /** Bytes an image. */
  public int stride() {
    return shape.stride();
  }

  /** Images in all. */
  public int storedCount() {
    return storedCount;
  }

  /**
   * Copies one image.
   *
   * @param storedPosition from 0; the sample's stable id
   * @param target gets {@link #stride()} bytes
   * @param offset where they start in the target
   * @throws IndexOutOfBoundsException if there is no such image or the target is too short
   */
  public void copy(int storedPosition, byte[] target, int offset) {
    if (storedPosition < 0 || storedPosition >= storedCount) {
      throw new IndexOutOfBoundsException(
          "There is no image %d among %d".formatted(storedPosition, storedCount));
    }
    shards[storedPosition / imagesPerShard].get(
        (storedPosition % imagesPerShard) * stride(), target, offset, stride());
  }

  private static MappedByteBuffer map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
