package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** A zip archive, read by its central directory, with sizes and checksums verified. */
record ZipContainer(Path path, Limits limits) implements Container {

  private static final int END_RECORD = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int ZIP64_LOCATOR = 20;

  /** Bytes of the central directory an entry, on average, that are still plausible. */
  private static final long DIRECTORY_BYTES_PER_ENTRY = 400;

  @Override
  public void visit(Visitor visitor) {
    try {
      refuseHugeDirectory();
      try (ZipFile zip = ZipFile.builder().setPath(path).get()) {
        Quota quota = new Quota(limits, path.toFile().length());
        for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
          quota.entry();
          visit(zip, entry, quota, visitor);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw Container.damaged(e);
    }
  }

  private static void visit(ZipFile zip, ZipArchiveEntry entry, Quota quota, Visitor visitor)
      throws IOException {
    EntryPath entryPath = EntryPath.parse(entry.getName());
    if (entry.isDirectory()) {
      return;
    }
    int kind = entry.getUnixMode() & 0170000;
    if (kind != 0 && kind != 0100000) {
      throw HemlockException.invalidArgument(
          "The entry \"%s\" is a link or a special file. Pack the files themselves."
              .formatted(entryPath));
    }
    if (!zip.canReadEntryData(entry)) {
      throw HemlockException.invalidArgument(
          "The entry \"%s\" is encrypted or compressed in an unusual way. Pack it with deflate."
              .formatted(entryPath));
    }
    CRC32 crc = new CRC32();
    try (InputStream in =
        new CheckedInputStream(
            new BufferedInputStream(quota.counting(zip.getInputStream(entry))), crc)) {
      visitor.file(entryPath, unclosable(in));
      in.transferTo(OutputStream.nullOutputStream());
    }
    if (crc.getValue() != entry.getCrc()) {
      throw new IOException("the checksum of " + entryPath + " does not match");
    }
  }

  /** Visitors may close what they are given; the rest is still read, for the checksum. */
  private static InputStream unclosable(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        return in.read(buffer, offset, length);
      }

      @Override
      public void close() {}
    };
  }

  /** Keeps a directory of millions of entries from being read into memory at all. */
  private void refuseHugeDirectory() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      int tail = (int) Math.min(file.length(), END_RECORD + MAX_COMMENT);
      byte[] bytes = new byte[tail];
      file.seek(file.length() - tail);
      file.readFully(bytes);
      ByteBuffer end = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = tail - END_RECORD; at >= 0; at--) {
        if (end.getInt(at) == 0x06054b50) {
          long start = end.getInt(at + 16) & 0xffffffffL;
          long position = file.length() - tail + at;
          if (start == 0xffffffffL) {
            start = zip64Start(file, position);
          }
          if (position - start > limits.entries() * DIRECTORY_BYTES_PER_ENTRY + MAX_COMMENT) {
            throw HemlockException.resourceExhausted(
                ("The zip archive has more than %d entries. Import less at a time, or raise"
                        + " hemlock.dataset.limits.entries.")
                    .formatted(limits.entries()));
          }
          return;
        }
      }
      throw new IOException("the zip archive has no central directory");
    }
  }

  private static long zip64Start(RandomAccessFile file, long endRecord) throws IOException {
    file.seek(Math.max(0, endRecord - ZIP64_LOCATOR + 8));
    long record = Long.reverseBytes(file.readLong());
    if (record < 0 || record > endRecord) {
      throw new IOException("the zip64 end record is missing");
    }
    file.seek(record + 48);
    return Long.reverseBytes(file.readLong());
  }
}
