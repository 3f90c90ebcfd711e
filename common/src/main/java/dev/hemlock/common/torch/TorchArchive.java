package dev.hemlock.common.torch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Puts a TorchScript archive together from source text: a zip of {@code code/__torch__/….py}, two
 * small pickles and a version. No tensor is inside, and no Python is needed.
 */
final class TorchArchive {
  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
  private static final byte PICKLE_TRUE = (byte) 0x88;

  private TorchArchive() {}

  /**
   * The program of an architecture, computing in a precision.
   *
   * @param loss of {@link Loss#id}
   * @param method of {@link TrainingMethod#id}
   */
  static byte[] build(Architecture architecture, Precision precision, String loss, String method) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "data.pkl", module(precision.scalarType()));
      put(zip, "code/__torch__.py", source("program.py"));
      put(zip, "code/__torch__/layers.py", source("layers.py"));
      put(zip, "code/__torch__/net.py", source("net/" + architecture.id() + ".py"));
      put(zip, "code/__torch__/loss.py", source("loss/" + loss + ".py"));
      put(zip, "code/__torch__/method.py", source("method/" + method + ".py"));
      put(zip, "constants.pkl", EMPTY_TUPLE);
      put(zip, "version", "10\n".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Pickle of a {@code Program} with {@code training=True} and {@code compute_dtype}. */
  private static byte[] module(int computeType) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 2});
    out.writeBytes("c__torch__\nProgram\n)".getBytes(US_ASCII));
    out.write(0x81);
    out.writeBytes("}(".getBytes(US_ASCII));
    string(out, "training");
    out.write(PICKLE_TRUE);
    string(out, "compute_dtype");
    out.write('J');
    out.writeBytes(little(computeType));
    out.writeBytes("ub.".getBytes(US_ASCII));
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    out.write('X');
    out.writeBytes(little(utf8.length));
    out.writeBytes(utf8);
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] source(String name) throws IOException {
    try (InputStream in = TorchArchive.class.getResourceAsStream("/hemlock/torch/" + name)) {
      if (in == null) {
        throw new IllegalStateException("The resource hemlock/torch/" + name + " is missing");
      }
      return in.readAllBytes();
    }
  }

  private static void put(ZipOutputStream zip, String name, byte[] data) throws IOException {
    ZipEntry entry = new ZipEntry("program/" + name);
    entry.setTime(0);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    CRC32 crc = new CRC32();
    crc.update(data);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }
}
