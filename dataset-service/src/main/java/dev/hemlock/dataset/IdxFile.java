package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * One file of the IDX format (Y. LeCun, "The MNIST database"), plain or gzip: images of unsigned
 * bytes in three dimensions, or labels of unsigned bytes in one.
 *
 * @param path where it lies
 * @param split {@code train} or {@code test}, from the file name
 * @param count images or labels
 * @param height rows; 0 for labels
 * @param width columns; 0 for labels
 * @param labels the labels; empty for images
 */
record IdxFile(EntryPath path, String split, int count, int height, int width, int[] labels) {

  private static final Pattern NAME =
      Pattern.compile(".*?(train|t10k|test)[-_](images|labels)[-.]idx[13][-.]ubyte(\\.gz)?");
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;

  /** Labels stay in memory. The largest set of the family, MNIST8M, has 8.1 million. */
  private static final int MAX_LABELS = 10_000_000;

  static boolean isName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  boolean isImages() {
    return height > 0;
  }

  /** Reads the header, and the labels or the size of the images, to the end of the file. */
  static IdxFile survey(EntryPath path, InputStream raw, Limits limits) throws IOException {
    try {
      DataInputStream in = open(raw, limits);
      int magic = in.readInt();
      int count = in.readInt();
      if (count < 0 || (magic != IMAGES && magic != LABELS)) {
        throw damaged(path, "is no IDX file of unsigned bytes");
      }
      IdxFile file =
          magic == IMAGES
              ? images(path, count, in.readInt(), in.readInt())
              : new IdxFile(path, split(path), count, 0, 0, labels(path, in, count));
      if (file.isImages()) {
        skip(path, in, (long) count * file.height * file.width);
      }
      if (in.read() >= 0) {
        throw damaged(path, "is longer than its header says");
      }
      return file;
    } catch (EOFException e) {
      throw damaged(path, "is truncated");
    }
  }

  private static IdxFile images(EntryPath path, int count, int height, int width) {
    if (height < 1 || width < 1 || height > 4096 || width > 4096) {
      throw damaged(path, "gives no usable image size");
    }
    return new IdxFile(path, split(path), count, height, width, new int[0]);
  }

  private static int[] labels(EntryPath path, InputStream in, int count) throws IOException {
    if (count > MAX_LABELS) {
      throw HemlockException.resourceExhausted(
          "The file \"%s\" holds %d labels, more than %d. Import less at a time."
              .formatted(path, count, MAX_LABELS));
    }
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw damaged(path, "is truncated");
    }
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = bytes[i] & 0xff;
    }
    return labels;
  }

  private static void skip(EntryPath path, InputStream in, long bytes) throws IOException {
    byte[] buffer = new byte[8192];
    for (long left = bytes; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw damaged(path, "is truncated");
      }
      left -= n;
    }
  }

  /** Reads the images of a file in order. */
  void read(InputStream raw, Limits limits, CifarFile.RecordSink sink) throws IOException {
    DataInputStream in = open(raw, limits);
    in.skipNBytes(16);
    for (int i = 0; i < count; i++) {
      byte[] pixels = in.readNBytes(height * width);
      if (pixels.length < height * width) {
        throw damaged(path, "is truncated");
      }
      sink.put(i, pixels);
    }
  }

  /** Unpacks gzip by content, within limits of its own: nothing else counts what it unpacks to. */
  private static DataInputStream open(InputStream raw, Limits limits) throws IOException {
    byte[] head = raw.readNBytes(2);
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), raw);
    boolean gzip = head.length == 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
    return new DataInputStream(new BufferedInputStream(gzip ? unpacked(whole, limits) : whole));
  }

  private static InputStream unpacked(InputStream packed, Limits limits) throws IOException {
    long[] read = {0};
    InputStream counted =
        new FilterInputStream(packed) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            read[0] += Math.max(0, n);
            return n;
          }
        };
    return new Quota(limits, () -> read[0]).counting(new GZIPInputStream(counted, 1 << 16));
  }

  private static String split(EntryPath path) {
    Matcher matcher = NAME.matcher(path.fileName());
    return matcher.matches() && matcher.group(1).equals("train") ? "train" : "test";
  }

  private static HemlockException damaged(EntryPath path, String what) {
    return HemlockException.invalidArgument(
        "The file \"%s\" %s. Copy it again.".formatted(path, what));
  }
}
