package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;

class JpegFuzzTest {
  private static final int MAX_PIXELS = 4096;

  private final BaselineJpeg baseline = new BaselineJpeg();
  private final ImageDecoder decoder = new ImageDecoder();

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(JpegFuzzTest.class, 1000, this::holds);
  }

  /**
   * A file is refused, or decodes to as many pixels as its header says, whatever was decoded before.
   * The JDK reads the same size, if it reads the file, and the same pixels, where Hemlock decodes by
   * itself.
   */
  @FuzzTest
  void holds(byte[] input) {
    // When
    JpegFile file;
    Optional<Pixels> pixels;
    try {
      if (!JpegFile.isJpeg(input) || ImageHeader.of(input).pixels() > MAX_PIXELS) {
        return;
      }
      file = JpegFile.parse(input);
      pixels = baseline.decode(file.essence(), file.header());
    } catch (RefusedImage e) {
      return;
    }

    // Then
    try (ImageDecoder fresh = new ImageDecoder()) {
      Pixels reference = fresh.jpeg(file);
      assertThat(decoder.jpeg(file).bytes()).isEqualTo(reference.bytes());
      sizeByJdk(input)
          .ifPresent(
              size ->
                  assertThat(size).containsExactly(file.header().height(), file.header().width()));
      pixels.ifPresent(own -> assertThat(own.bytes()).isEqualTo(reference.bytes()));
    } catch (RefusedImage e) {
      assertThat(pixels).as(e.getMessage()).isEmpty();
    }
  }

  private static Optional<int[]> sizeByJdk(byte[] input) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(input))) {
      reader.setInput(in, true, true);
      return Optional.of(new int[] {reader.getHeight(0), reader.getWidth(0)});
    } catch (IOException e) {
      // Metadata that the JDK doesn't like; Hemlock looks at none.
      return Optional.empty();
    } finally {
      reader.dispose();
    }
  }
}
