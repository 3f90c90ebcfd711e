package dev.hemlock.dataset;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.dataset.RawDataset.PixelSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Decoded images on the local disk, each at its place, until all are there and whole shards can be
 * stored. Threads may put at once.
 */
final class Scratch implements PixelSink, AutoCloseable {

  private final Path directory;
  private final ImageShape shape;
  private final int[] counts;
  private final List<FileChannel> files = new ArrayList<>();
  private final List<BitSet> filled = new ArrayList<>();
  private int images;

  /**
   * Opens one file a split.
   *
   * @param directory where they lie; removed by the caller with whatever is left in it
   * @param counts images of each split
   */
  Scratch(Path directory, ImageShape shape, int[] counts) {
    this.directory = directory;
    this.shape = shape;
    this.counts = counts.clone();
    try {
      for (int i = 0; i < counts.length; i++) {
        files.add(FileChannel.open(directory.resolve("split-" + i), CREATE_NEW, READ, WRITE));
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

  /** Shards of a split. */
  int shards(int split) {
    return (counts[split] + shape.imagesPerShard() - 1) / shape.imagesPerShard();
  }

  /** Bytes of all shards. */
  long bytes() {
    return IntStream.of(counts).mapToLong(count -> (long) count * shape.stride()).sum();
  }

  /** Bytes of the shards that are not left out. */
  long bytes(Predicate<Path> leftOut) {
    long bytes = 0;
    for (int split = 0; split < counts.length; split++) {
      for (int number = 0; number < shards(split); number++) {
        bytes += shard(split, number, file -> leftOut.test(file) ? 0L : file.toFile().length());
      }
    }
    return bytes;
  }

  /**
   * Lends a shard as a file. Threads may ask at once.
   *
   * @param number of the shard within its split, from 0
   * @return what the borrower returns
   */
  <T> T shard(int split, int number, Function<Path, T> borrower) {
    long most = (long) shape.imagesPerShard() * shape.stride();
    long from = number * most;
    long size = Math.min(most, (long) counts[split] * shape.stride() - from);
    Path file = directory.resolve("split-%d-shard-%d".formatted(split, number));
    try {
      try (FileChannel shard = FileChannel.open(file, CREATE_NEW, WRITE)) {
        for (long done = 0; done < size; ) {
          done += files.get(split).transferTo(from + done, size - done, shard);
        }
      }
      T result = borrower.apply(file);
      Files.delete(file);
      return result;
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
