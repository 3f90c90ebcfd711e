package dev.hemlock.dataset;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes 8-bit grey and RGB images as PNG (ISO/IEC 15948), the same bytes for the same pixels. */
final class PngWriter {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private PngWriter() {}

  static byte[] write(Pixels image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(image.bytes().length / 2 + 128);
    out.writeBytes(SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(13);
    header.putInt(image.width()).putInt(image.height()).put((byte) 8);
    header.put((byte) (image.channels() == 1 ? 0 : 2));
    chunk(out, ascii("IHDR"), header.array());
    chunk(out, ascii("IDAT"), deflated(image));
    chunk(out, ascii("IEND"), new byte[0]);
    return out.toByteArray();
  }

  private static byte[] deflated(Pixels image) {
    int rowBytes = image.width() * image.channels();
    byte[] rows = new byte[image.height() * (rowBytes + 1)];
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(image.bytes(), y * rowBytes, rows, y * (rowBytes + 1) + 1, rowBytes);
    }
    Deflater deflater = new Deflater(6);
    try {
      deflater.setInput(rows);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(rows.length / 2 + 64);
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static byte[] ascii(String type) {
    return type.getBytes(StandardCharsets.US_ASCII);
  }

  static void chunk(ByteArrayOutputStream out, byte[] type, byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(type);
    crc.update(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(type);
    out.writeBytes(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
