package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngFuzzTest {
  private static final int SIGNATURE = 8;
  private static final int MAX_PIXELS = 4096;

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(PngFuzzTest.class, 1000, this::holds);
  }

  /**
   * A file is refused, or decodes to as many pixels as its header says, the ones that the JDK reads,
   * if it does.
   */
  @FuzzTest
  void holds(byte[] input) throws IOException {
    // Given
    byte[] file = packed(input);

    // When
    Pixels pixels;
    try {
      if (!PngFile.isPng(file) || ImageHeader.of(file).pixels() > MAX_PIXELS) {
        return;
      }
      pixels = PngFile.parse(file).decode();
    } catch (RefusedImage e) {
      return;
    }

    // Then
    ImageHeader header = ImageHeader.of(file);
    assertThat(new int[] {pixels.height(), pixels.width(), pixels.channels()})
        .containsExactly(header.height(), header.width(), header.channels());
    reference(file).ifPresent(image -> assertSame(pixels, image));
  }

  private static void assertSame(Pixels pixels, BufferedImage image) {
    assertThat(new int[] {image.getHeight(), image.getWidth()})
        .containsExactly(pixels.height(), pixels.width());
    boolean grey = pixels.channels() == 1 && !(image.getColorModel() instanceof IndexColorModel);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int at = (y * image.getWidth() + x) * pixels.channels();
        if (grey) {
          assertByte(image.getRaster().getSample(x, y, 0), pixels.bytes()[at]);
        } else {
          int rgb = image.getRGB(x, y);
          assertByte(rgb >> 16 & 0xff, pixels.bytes()[at]);
          assertByte(rgb & 0xff, pixels.bytes()[at + pixels.channels() - 1]);
        }
      }
    }
  }

  private static void assertByte(int expected, byte actual) {
    if (expected != (actual & 0xff)) {
      throw new AssertionError("a sample is %d, not %d".formatted(actual & 0xff, expected));
    }
  }

  private static Optional<BufferedImage> reference(byte[] file) {
    try {
      return Optional.ofNullable(ImageIO.read(new ByteArrayInputStream(file)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The input with the right checksum after every chunk, and with what stands in chunks named {@code
   * raws} compressed into {@code IDAT}: no fuzzer guesses checksums.
   */
  private static byte[] packed(byte[] input) throws IOException {
    if (input.length < SIGNATURE) {
      return input;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, SIGNATURE);
    ByteBuffer in = ByteBuffer.wrap(input, SIGNATURE, input.length - SIGNATURE);
    while (in.remaining() >= 12) {
      int length = in.getInt(in.position());
      if (length < 0 || length > in.remaining() - 12) {
        break;
      }
      in.getInt();
      byte[] type = new byte[4];
      byte[] data = new byte[length];
      in.get(type).get(data).getInt();
      boolean raw = new String(type, StandardCharsets.ISO_8859_1).equals("raws");
      PngWriter.chunk(
          out,
          raw ? "IDAT".getBytes(StandardCharsets.ISO_8859_1) : type,
          raw ? deflated(data) : data);
    }
    out.write(input, in.position(), in.remaining());
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(data);
    }
    return out.toByteArray();
  }
}
