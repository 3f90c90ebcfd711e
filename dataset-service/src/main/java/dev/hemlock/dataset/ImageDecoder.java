package dev.hemlock.dataset;

import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG and PNG files. JPEG comes out as the JDK's libjpeg gives it (integer slow DCT, fancy
 * upsampling, as Pillow does), the usual kind of small file without going through it. One reader is
 * kept, since making one costs more than decoding a small image. Not thread-safe: one for each
 * thread.
 */
final class ImageDecoder implements AutoCloseable {

  private final BaselineJpeg baseline = new BaselineJpeg();
  private final ImageReader jpeg;
  private String warning = "";

  ImageDecoder() {
    jpeg = ImageIO.getImageReadersByFormatName("jpeg").next();
    jpeg.addIIOReadWarningListener((IIOReadWarningListener) (source, text) -> warn(text));
  }

  /**
   * Decodes a file.
   *
   * @throws RefusedImage when it can't be decoded in full
   */
  Pixels decode(byte[] file) throws RefusedImage {
    if (PngFile.isPng(file)) {
      return PngFile.parse(file).decode();
    }
    JpegFile parsed = JpegFile.parse(file);
    Optional<Pixels> pixels = baseline.decode(parsed.essence(), parsed.header());
    return pixels.isPresent() ? pixels.get() : jpeg(parsed);
  }

  /** Through the JDK's reader, whatever the kind. */
  Pixels jpeg(JpegFile file) throws RefusedImage {
    warning = "";
    BufferedImage image;
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file.essence()))) {
      jpeg.setInput(in, true, true);
      image = jpeg.read(0);
    } catch (IOException | RuntimeException e) {
      throw new RefusedImage("it can't be decoded (" + e.getMessage() + "); save it again", e);
    }
    if (!warning.isEmpty()) {
      throw new RefusedImage("its JPEG data is damaged (" + warning + "); copy it again");
    }
    ImageHeader header = file.header();
    Raster raster = image.getRaster();
    if (image.getWidth() != header.width()
        || image.getHeight() != header.height()
        || raster.getNumBands() != header.channels()) {
      throw new RefusedImage("its decoded size differs from its header; save it again");
    }
    return new Pixels(header.height(), header.width(), header.channels(), bytes(image));
  }

  private static byte[] bytes(BufferedImage image) {
    Raster raster = image.getRaster();
    int n = image.getWidth() * image.getHeight() * raster.getNumBands();
    if (raster.getDataBuffer() instanceof DataBufferByte buffer && buffer.getData().length == n) {
      byte[] data = buffer.getData();
      if (image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
        return data;
      }
      if (image.getType() == BufferedImage.TYPE_3BYTE_BGR) {
        for (int i = 0; i < n; i += 3) {
          byte blue = data[i];
          data[i] = data[i + 2];
          data[i + 2] = blue;
        }
        return data;
      }
    }
    int[] samples = raster.getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) samples[i];
    }
    return bytes;
  }

  /** Only what loses pixels is damage; stray bytes between segments are not. */
  private void warn(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("premature")
        || lower.contains("huffman")
        || lower.contains("found marker")) {
      warning = text;
    }
  }

  @Override
  public void close() {
    jpeg.dispose();
  }
}
