package dev.hemlock.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Files that an import must refuse, and the good ones that they are made of. */
final class HostileFiles {
  private static final int BLOCK = 512;

  private HostileFiles() {}

  /** {@code {split}/{class}/{n}.png}: two classes, both splits, so many images in each. */
  static Map<String, byte[]> folder(int perClass, int side) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String split : new String[] {"train", "test"}) {
      for (String name : new String[] {"cat", "dog"}) {
        for (int i = 0; i < perClass; i++) {
          files.put("%s/%s/%d.png".formatted(split, name, i), png(side, files.size()));
        }
      }
    }
    return files;
  }

  static byte[] png(int side, int seed) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, (seed * 31 + i) * 2654435 & 0xffffff);
    }
    return write(image, "png");
  }

  static byte[] jpeg() {
    return write(new BufferedImage(8, 8, BufferedImage.TYPE_3BYTE_BGR), "jpeg");
  }

  private static byte[] write(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A PNG whose header promises other sides than its data has. */
  static byte[] pngOf(int width, int height) {
    byte[] file = png(8, 1);
    ByteBuffer.wrap(file, 16, 8).putInt(width).putInt(height);
    CRC32 crc = new CRC32();
    crc.update(file, 12, 17);
    ByteBuffer.wrap(file, 29, 4).putInt((int) crc.getValue());
    return file;
  }

  /** A JPEG whose frame promises other sides than its data has. */
  static byte[] jpegOf(int width, int height) {
    byte[] file = jpeg();
    for (int i = 2; i < file.length - 9; i++) {
      if (file[i] == (byte) 0xff && file[i + 1] == (byte) 0xc0) {
        ByteBuffer.wrap(file, i + 5, 4).putShort((short) height).putShort((short) width);
        return file;
      }
    }
    throw new IllegalStateException("no frame");
  }

  static byte[] zip(Map<String, byte[]> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A good archive with one file more. */
  static byte[] zipWith(String name, byte[] content) {
    Map<String, byte[]> files = folder(2, 8);
    files.put(name, content);
    return zip(files);
  }

  /** A zip that holds the same name twice, which {@link ZipOutputStream} would not write. */
  static byte[] zipWithTwins() {
    byte[] zip = zipWith("train/cat/X.png", png(8, 9));
    byte[] twin = "train/cat/0.png".getBytes(UTF_8);
    byte[] found = "train/cat/X.png".getBytes(UTF_8);
    for (int i = 0; i + found.length <= zip.length; i++) {
      if (Arrays.equals(zip, i, i + found.length, found, 0, found.length)) {
        System.arraycopy(twin, 0, zip, i, twin.length);
      }
    }
    return zip;
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] tar(Map<String, byte[]> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    files.forEach((name, content) -> out.writeBytes(entry(name, '0', "", content)));
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  /** A tar whose only entry is of a kind of its own, for example a link. */
  static byte[] tarOf(String name, char kind, String link, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(entry(name, kind, link, new byte[size]));
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  private static byte[] entry(String name, char kind, String link, byte[] content) {
    byte[] block = new byte[BLOCK + (content.length + BLOCK - 1) / BLOCK * BLOCK];
    put(block, 0, name);
    put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
    put(block, 124, "%011o\0%011o\0".formatted(content.length, 0));
    put(block, 148, "        ");
    block[156] = (byte) kind;
    put(block, 157, link);
    put(block, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += block[i] & 0xff;
    }
    put(block, 148, "%06o\0 ".formatted(sum));
    System.arraycopy(content, 0, block, BLOCK, content.length);
    return block;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  /** Images and labels of the MNIST family, of which the images are changed. */
  static byte[] idx(int magic, int count, int height, int width) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    ByteBuffer images = ByteBuffer.allocate(16 + 4 * 64);
    images.putInt(magic).putInt(count).putInt(height).putInt(width);
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 0, 1};
    files.put("train-images-idx3-ubyte", images.array());
    files.put("train-labels-idx1-ubyte", labels);
    files.put("t10k-images-idx3-ubyte", images.array());
    files.put("t10k-labels-idx1-ubyte", labels);
    return zip(files);
  }

  /** What Python's pickle module writes for a call of os.system. */
  static byte[] pickle() {
    return "\u0080\u0002cos\nsystem\nX\u0004\0\0\0true\u0085R."
        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** A zip as PyTorch saves scripted modules. */
  static byte[] torchScript() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("model/data.pkl", pickle());
    files.put("model/code/__torch__.py", "class M(Module):\n".getBytes(UTF_8));
    files.put("model/version", "3\n".getBytes(UTF_8));
    return zip(files);
  }

  /** Safetensors whose header says that it has so many bytes. */
  static byte[] safetensors(long headerLength, String header) {
    byte[] text = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + text.length)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(text)
        .array();
  }
}
