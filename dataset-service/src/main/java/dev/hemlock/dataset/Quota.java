package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/** Counts what one pass over a source unpacks and stops it at the limits. Not thread-safe. */
final class Quota {

  private final Limits limits;
  private final LongSupplier sourceBytes;
  private long unpacked;
  private int entries;

  Quota(Limits limits, long sourceBytes) {
    this(limits, () -> sourceBytes);
  }

  /** For a source whose size shows as it is read. */
  Quota(Limits limits, LongSupplier sourceBytes) {
    this.limits = limits;
    this.sourceBytes = sourceBytes;
  }

  /**
   * Counts one entry.
   *
   * @throws HemlockException RESOURCE_EXHAUSTED when there are too many
   */
  void entry() {
    if (++entries > limits.entries()) {
      throw HemlockException.resourceExhausted(
          ("The source has more than %d entries. Import less at a time, or raise"
                  + " hemlock.dataset.limits.entries.")
              .formatted(limits.entries()));
    }
  }

  /**
   * Counts unpacked bytes.
   *
   * @throws HemlockException RESOURCE_EXHAUSTED when there are too many, or too many for the size
   *     of the source
   */
  void unpacked(long bytes) {
    unpacked += bytes;
    if (unpacked > limits.unpackedBytes()) {
      throw HemlockException.resourceExhausted(
          ("The source unpacks to more than %d bytes. Import less at a time, or raise"
                  + " hemlock.dataset.limits.unpacked-bytes.")
              .formatted(limits.unpackedBytes()));
    }
    if (unpacked > Limits.RATIO_FLOOR
        && unpacked / limits.compressionRatio() > Math.max(sourceBytes.getAsLong(), 1)) {
      throw HemlockException.resourceExhausted(
          ("The source unpacks to more than %d times its size, as a zip bomb does. Compress it"
                  + " less, or raise hemlock.dataset.limits.compression-ratio.")
              .formatted(limits.compressionRatio()));
    }
  }

  /** The stream, with every byte read from it counted. */
  InputStream counting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int b = super.read();
        if (b >= 0) {
          unpacked(1);
        }
        return b;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        if (n > 0) {
          unpacked(n);
        }
        return n;
      }

      @Override
      public long skip(long n) throws IOException {
        long skipped = super.skip(n);
        unpacked(skipped);
        return skipped;
      }

      @Override
      public boolean markSupported() {
        return false;
      }
    };
  }
}
