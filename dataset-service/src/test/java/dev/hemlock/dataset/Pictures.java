package dev.hemlock.dataset;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Makes image files for tests. */
final class Pictures {

  private Pictures() {}

  static Pixels random(int height, int width, int channels, long seed) {
    byte[] bytes = new byte[height * width * channels];
    new Random(seed).nextBytes(bytes);
    return new Pixels(height, width, channels, bytes);
  }

  static byte[] png(int height, int width, int channels, long seed) {
    return PngWriter.write(random(height, width, channels, seed));
  }

  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static BufferedImage image(int height, int width, int type, long seed) {
    BufferedImage image = new BufferedImage(width, height, type);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xff000000 | random.nextInt(1 << 24));
      }
    }
    return image;
  }

  static byte[] jpeg(int height, int width, int channels, long seed, boolean progressive) {
    int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (progressive) {
        param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image(height, width, type, seed), null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** Raw four-channel data in a JPEG, as CMYK files are made. */
  static byte[] cmykJpeg() {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      BufferedImage image = image(8, 8, BufferedImage.TYPE_4BYTE_ABGR, 1);
      writer.setOutput(stream);
      writer.write(
          writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null),
          new IIOImage(image.getRaster(), null, null),
          null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** {@code {split}/{class}/{n}.png}, two classes, both splits. */
  static Map<String, byte[]> folder(int perClass, int channels) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    long seed = 0;
    for (String split : new String[] {"train", "test"}) {
      for (String name : new String[] {"cat", "dog"}) {
        for (int i = 0; i < perClass; i++) {
          files.put("%s/%s/%03d.png".formatted(split, name, i), png(6, 5, channels, seed++));
        }
      }
    }
    return files;
  }
}
