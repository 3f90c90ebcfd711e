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
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** A zip archive, read by its central directory, with sizes and checksums verified. */
record ZipContainer(Path path, Limits limits) implements Container {

  private static final int END_RECORD = 22;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int MAX_COMMENT = 0xffff;
  private static final int ZIP64_LOCATOR = 20;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int ZIP64_RECORD = 56;
  private static final int ENTRY = 46;
  private static final int ENTRY_SIGNATURE = 0x02014b50;

  /** Bytes of the central directory an entry, on average, that are still plausible. */
  private static final long DIRECTORY_BYTES_PER_ENTRY = 400;

  @Override
  public void visit(Visitor visitor) {
    try {
      checkDirectory();
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
    boolean usual = entry.getMethod() == ZipEntry.STORED || entry.getMethod() == ZipEntry.DEFLATED;
    if (!usual || !zip.canReadEntryData(entry)) {
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

  private record Directory(long start, long entries) {}

  /**
   * Walks the central directory from where the reader will begin: one of millions of entries must not
   * be read into memory at all, and one that is not as its end record says is read in another way by
   * others.
   */
  private void checkDirectory() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      Directory directory = directory(file);
      file.seek(directory.start());
      InputStream in = new BufferedInputStream(Channels.newInputStream(file.getChannel()));
      byte[] header = new byte[ENTRY];
      ByteBuffer entry = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      long bytes = 0;
      int entries = 0;
      while (in.readNBytes(header, 0, ENTRY) == ENTRY && entry.getInt(0) == ENTRY_SIGNATURE) {
        int more = unsigned(entry, 28) + unsigned(entry, 30) + unsigned(entry, 32);
        in.skipNBytes(more);
        bytes += ENTRY + more;
        if (++entries > limits.entries()
            || bytes > limits.entries() * DIRECTORY_BYTES_PER_ENTRY + MAX_COMMENT) {
          throw HemlockException.resourceExhausted(
              ("The zip archive has more than %d entries. Import less at a time, or raise"
                      + " hemlock.dataset.limits.entries.")
                  .formatted(limits.entries()));
        }
      }
      if (entries != directory.entries()) {
        throw new IOException(
            "the zip archive has %d entries, not %d".formatted(entries, directory.entries()));
      }
    }
  }

  /** A zip64 locator before the end record counts whatever the end record says. */
  private static Directory directory(RandomAccessFile file) throws IOException {
    long position = endRecord(file);
    if (position >= ZIP64_LOCATOR) {
      file.seek(position - ZIP64_LOCATOR);
      ByteBuffer locator = read(file, ZIP64_LOCATOR);
      if (locator.getInt(0) == LOCATOR_SIGNATURE) {
        file.seek(offset(locator.getLong(8), file));
        ByteBuffer record = read(file, ZIP64_RECORD);
        return new Directory(offset(record.getLong(48), file), record.getLong(32));
      }
    }
    file.seek(position);
    ByteBuffer end = read(file, END_RECORD);
    long length = end.getInt(12) & 0xffffffffL;
    long start = end.getInt(16) & 0xffffffffL;
    // The archive may follow something else, such as a program that unpacks it.
    return new Directory(offset(Math.max(start, position - length), file), unsigned(end, 10));
  }

  private static long endRecord(RandomAccessFile file) throws IOException {
    int tail = (int) Math.min(file.length(), END_RECORD + MAX_COMMENT);
    file.seek(file.length() - tail);
    ByteBuffer bytes = read(file, tail);
    for (int at = tail - END_RECORD; at >= 0; at--) {
      if (bytes.getInt(at) == END_SIGNATURE) {
        if (at + END_RECORD + unsigned(bytes, at + 20) != tail) {
          throw new IOException("the zip archive does not end with its comment");
        }
        return file.length() - tail + at;
      }
    }
    throw new IOException("the zip archive has no central directory");
  }

  private static ByteBuffer read(RandomAccessFile file, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long offset(long value, RandomAccessFile file) throws IOException {
    if (value < 0 || value > file.length()) {
      throw new IOException("the central directory of the zip archive is missing");
    }
    return value;
  }

  private static int unsigned(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }
}
