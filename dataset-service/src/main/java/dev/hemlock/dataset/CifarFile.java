package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/**
 * One record file of the official CIFAR binary archives (A. Krizhevsky, "Learning Multiple Layers of
 * Features from Tiny Images", 2009): label bytes, then 1024 red, 1024 green and 1024 blue bytes.
 *
 * @param path where it lies
 * @param labels the (fine) label of each record
 */
record CifarFile(EntryPath path, int[] labels) {

  static final int SIDE = 32;

  private static final int PLANE = SIDE * SIDE;
  private static final Pattern CIFAR10 = Pattern.compile("(data_batch_\\d+|test_batch)\\.bin");
  private static final Pattern CIFAR100 = Pattern.compile("(train|test)\\.bin");

  /** Takes one image, channels last. */
  @FunctionalInterface
  interface RecordSink {
    void put(int record, byte[] pixels);
  }

  static boolean isName(String fileName) {
    return CIFAR10.matcher(fileName).matches() || CIFAR100.matcher(fileName).matches();
  }

  static boolean isCifar10(String fileName) {
    return CIFAR10.matcher(fileName).matches();
  }

  /** Reads the labels and checks that the file holds whole records. */
  static CifarFile survey(EntryPath path, InputStream in) throws IOException {
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    int labelBytes = labelBytes(path);
    byte[] record = new byte[labelBytes + 3 * PLANE];
    while (next(path, in, record)) {
      labels.write(record[labelBytes - 1]);
    }
    byte[] bytes = labels.toByteArray();
    int[] values = new int[bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    return new CifarFile(path, values);
  }

  /** Reads the images of a file in order. */
  static void read(EntryPath path, InputStream in, RecordSink sink) throws IOException {
    int labelBytes = labelBytes(path);
    byte[] record = new byte[labelBytes + 3 * PLANE];
    for (int i = 0; next(path, in, record); i++) {
      byte[] pixels = new byte[3 * PLANE];
      for (int p = 0; p < PLANE; p++) {
        pixels[3 * p] = record[labelBytes + p];
        pixels[3 * p + 1] = record[labelBytes + PLANE + p];
        pixels[3 * p + 2] = record[labelBytes + 2 * PLANE + p];
      }
      sink.put(i, pixels);
    }
  }

  private static boolean next(EntryPath path, InputStream in, byte[] record) throws IOException {
    int n = in.readNBytes(record, 0, record.length);
    if (n != 0 && n != record.length) {
      throw HemlockException.invalidArgument(
          "The file \"%s\" does not hold whole records of %d bytes. Copy it again."
              .formatted(path, record.length));
    }
    return n != 0;
  }

  private static int labelBytes(EntryPath path) {
    return isCifar10(path.fileName()) ? 1 : 2;
  }
}
