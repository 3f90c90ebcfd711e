package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.dataset.RawDataset.PixelSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decoded images on the local disk, each at its place, until all are there and whole shards can be
 * stored. Threads may put at once.
 */
final class Scratch implements PixelSink, AutoCloseable {

  private final ImageShape shape;
  private final int[] counts;
  private final List<FileChannel> files = new ArrayList<>();
  private final List<BitSet> filled = new ArrayList<>();
  private int images;

  /**
   * Opens one file a split.
   *
   * @param directory where they lie; removed by the caller
   * @param counts images of each split
   */
  Scratch(Path directory, ImageShape shape, int[] counts) {
    this.shape = shape;
    this.counts = counts.clone();
    try {
      for (int i = 0; i < counts.length; i++) {
        files.add(
            FileChannel.open(
                directory.resolve("split-" + i),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE));
        filled.add(new BitSet(counts[i]));
      }
    } catch (IOException e) {
      close();
      throw full(e);
    }
  }

  @Override
  public void put(int split, int position, byte[] pixels) {
    if (pixels.length != shape.stride()) {
      throw new IllegalArgumentException(
          "an image has %d bytes, not %d".formatted(pixels.length, shape.stride()));
    }
    ByteBuffer buffer = ByteBuffer.wrap(pixels);
    long start = (long) position * shape.stride();
    try {
      while (buffer.hasRemaining()) {
        files.get(split).write(buffer, start + buffer.position());
      }
    } catch (IOException e) {
      throw full(e);
    }
    synchronized (filled) {
      if (filled.get(split).get(position)) {
        throw changed();
      }
      filled.get(split).set(position);
      images++;
    }
  }

  /** Images that are there. */
  int images() {
    synchronized (filled) {
      return images;
    }
  }

  /**
   * Makes sure that nothing is missing.
   *
   * @throws HemlockException INVALID_ARGUMENT when the source changed while it was read
   */
  void requireComplete() {
    for (int i = 0; i < counts.length; i++) {
      if (filled.get(i).cardinality() != counts[i]) {
        throw changed();
      }
    }
  }

  /** Hands out the shards of a split in order, one at a time. */
  void shards(int split, Consumer<byte[]> consumer) {
    long left = (long) counts[split] * shape.stride();
    long at = 0;
    int most = shape.imagesPerShard() * shape.stride();
    try {
      while (left > 0) {
        ByteBuffer shard = ByteBuffer.allocate((int) Math.min(left, most));
        while (shard.hasRemaining()) {
          if (files.get(split).read(shard, at + shard.position()) < 0) {
            throw new IOException("a temporary file is too short");
          }
        }
        consumer.accept(shard.array());
        at += shard.capacity();
        left -= shard.capacity();
      }
    } catch (IOException e) {
      throw full(e);
    }
  }

  @Override
  public void close() {
    for (FileChannel file : files) {
      try {
        file.close();
      } catch (IOException e) {
        throw full(e);
      }
    }
  }

  /** What to say when the temporary directory can't be used. */
  static HemlockException full(IOException cause) {
    return HemlockException.resourceExhausted(
            ("The server's temporary directory can't be used (%s). Free some space, or set"
                    + " hemlock.dataset.temp-dir to another disk.")
                .formatted(cause.getMessage()))
        .because(cause);
  }

  private static HemlockException changed() {
    return HemlockException.invalidArgument(
        "The source changed while it was read. Import it again when nobody writes to it.");
  }
}
