package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder();

  @AfterEach
  void close() {
    decoder.close();
  }

  @Property(tries = 60)
  void readsThePngItWrites(
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll boolean colour,
      @ForAll long seed)
      throws RefusedImage {
    // Given
    Pixels pixels = Pictures.random(height, width, colour ? 3 : 1, seed);
    byte[] file = PngWriter.write(pixels);

    // When
    Pixels decoded = PngFile.parse(file).decode();

    // Then
    assertThat(ImageHeader.of(file).channels()).isEqualTo(pixels.channels());
    assertThat(decoded.bytes()).isEqualTo(pixels.bytes());
  }

  @Test
  void writesPngThatOthersRead() throws IOException {
    // Given
    Pixels pixels = Pictures.random(7, 9, 3, 1);

    // When
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(PngWriter.write(pixels)));

    // Then
    assertThat(image.getWidth()).isEqualTo(9);
    assertThat(image.getRGB(4, 3) & 0xffffff).isEqualTo(rgb(pixels, 3, 4));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_INT_RGB
      })
  void readsPngOfManyKinds(int type) throws RefusedImage {
    // Given
    BufferedImage image = Pictures.image(13, 11, type, 5);

    // When
    Pixels decoded = decoder.decode(Pictures.png(image));

    // Then
    for (int y = 0; y < 13; y++) {
      for (int x = 0; x < 11; x++) {
        assertThat(rgb(decoded, y, x)).isEqualTo(image.getRGB(x, y) & 0xffffff);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "3,false", "3,true"})
  void readsJpegAsTheJdkDoes(int channels, boolean progressive) throws IOException {
    // Given
    byte[] file = Pictures.jpeg(17, 19, channels, 3, progressive);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));

    // When
    Pixels decoded = decoder.decode(file);

    // Then
    assertThat(decoded.channels()).isEqualTo(channels);
    int[] samples = image.getRaster().getPixels(0, 0, 19, 17, (int[]) null);
    for (int i = 0; i < samples.length; i++) {
      assertThat(decoded.bytes()[i] & 0xff).isEqualTo(samples[i]);
    }
  }

  @Test
  void readsTheSamePixelsWhateverTheMetadata() throws RefusedImage {
    // Given
    byte[] plain = Pictures.jpeg(16, 16, 3, 3, false);
    byte[] exif = new byte[plain.length + 40];
    exif[0] = (byte) 0xff;
    exif[1] = (byte) 0xd8;
    exif[2] = (byte) 0xff;
    exif[3] = (byte) 0xe1;
    exif[5] = 38;
    Arrays.fill(exif, 6, 42, (byte) 'E');
    System.arraycopy(plain, 2, exif, 42, plain.length - 2);

    // When
    Pixels decoded = decoder.decode(exif);

    // Then
    assertThat(decoded.bytes()).isEqualTo(decoder.decode(plain).bytes());
  }

  @Test
  void refusesJpegWithoutTablesOfItsOwn() throws RefusedImage {
    // Given a file, and the same without each of its tables
    byte[] file = Pictures.jpeg(16, 16, 3, 3, false);
    decoder.decode(file);
    for (int at = 2; (file[at + 1] & 0xff) != 0xda; ) {
      int marker = file[at + 1] & 0xff;
      int end = at + 2 + ((file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff);
      if (marker == 0xdb || marker == 0xc4) {
        byte[] without = Arrays.copyOf(file, file.length - (end - at));
        System.arraycopy(file, end, without, at, file.length - end);

        // When, Then
        assertThatThrownBy(() -> decoder.decode(without)).hasMessageContaining("lacks tables");
      }
      at = end;
    }
  }

  @Test
  void refusesJpegTruncatedAnywhere() {
    byte[] file = Pictures.jpeg(24, 24, 3, 1, false);
    for (int length = 3; length < file.length; length += 7) {
      byte[] cut = Arrays.copyOf(file, length);

      assertThatThrownBy(() -> ImageHeader.of(cut)).isInstanceOf(RefusedImage.class);
    }
  }

  @Test
  void refusesPngTruncatedAnywhere() {
    byte[] file = Pictures.png(9, 9, 3, 1);
    for (int length = 8; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);

      assertThatThrownBy(() -> ImageHeader.of(cut)).isInstanceOf(RefusedImage.class);
    }
  }

  @Test
  void refusesJpegWhoseScanIsCutThoughItEndsProperly() {
    // Given
    byte[] file = Pictures.jpeg(64, 64, 3, 1, false);
    byte[] cut = Arrays.copyOf(file, file.length / 2);
    cut[cut.length - 3] = 0;
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;

    // When, Then
    assertThatThrownBy(() -> decoder.decode(cut))
        .isInstanceOf(RefusedImage.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void refusesPngWithAWrongChecksum() {
    byte[] file = Pictures.png(9, 9, 3, 1);
    file[45] ^= 1;

    assertThatThrownBy(() -> ImageHeader.of(file)).hasMessageContaining("checksum");
  }

  @Test
  void refusesPngDataShorterThanItsSize() {
    // Given a header that promises twice the rows
    byte[] file = Pictures.png(9, 9, 1, 1);
    file[23] = 18;
    rewriteHeaderChecksum(file);

    // When, Then
    assertThatThrownBy(() -> decoder.decode(file)).hasMessageContaining("too early");
  }

  @Test
  void refusesTransparentPixelsAndTakesOpaqueOnes() throws RefusedImage {
    // Given
    BufferedImage image = Pictures.image(4, 4, BufferedImage.TYPE_4BYTE_ABGR, 1);
    assertThat(decoder.decode(Pictures.png(image)).channels()).isEqualTo(3);
    image.setRGB(2, 2, 0x40123456);

    // When, Then
    assertThatThrownBy(() -> decoder.decode(Pictures.png(image)))
        .hasMessageContaining("transparent");
  }

  @Test
  void refusesSixteenBitPng() {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY);
    WritableRaster raster = image.getRaster();
    raster.setSample(1, 1, 0, 40_000);

    assertThatThrownBy(() -> ImageHeader.of(Pictures.png(image))).hasMessageContaining("16 bits");
  }

  @Test
  void refusesCmykJpeg() {
    assertThatThrownBy(() -> ImageHeader.of(Pictures.cmykJpeg())).hasMessageContaining("CMYK");
  }

  @Property(tries = 400)
  void neverFailsOtherwiseThanByRefusing(
      @ForAll boolean jpeg,
      @ForAll @IntRange(min = 3, max = 100_000) int at,
      @ForAll byte value,
      @ForAll boolean alsoCut) {
    // Given
    byte[] file = jpeg ? Pictures.jpeg(16, 16, 3, 1, false) : Pictures.png(16, 16, 3, 1);
    file[at % file.length] = value;
    byte[] damaged = alsoCut ? Arrays.copyOf(file, file.length - at % 50) : file;

    // When, Then
    try (ImageDecoder fresh = new ImageDecoder()) {
      ImageHeader header = ImageHeader.of(damaged);
      if (header.pixels() < 1_000_000) {
        assertThat(fresh.decode(damaged).height()).isEqualTo(header.height());
      }
    } catch (RefusedImage e) {
      assertThat(e).hasMessageContaining("it").hasMessageMatching("(?s).*; .*|.*");
    }
  }

  private static void rewriteHeaderChecksum(byte[] png) {
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    int value = (int) crc.getValue();
    for (int i = 0; i < 4; i++) {
      png[29 + i] = (byte) (value >> 24 - 8 * i);
    }
  }

  private static int rgb(Pixels pixels, int y, int x) {
    int at = (y * pixels.width() + x) * pixels.channels();
    int step = pixels.channels() == 3 ? 1 : 0;
    return (pixels.bytes()[at] & 0xff) << 16
        | (pixels.bytes()[at + step] & 0xff) << 8
        | pixels.bytes()[at + 2 * step] & 0xff;
  }
}
