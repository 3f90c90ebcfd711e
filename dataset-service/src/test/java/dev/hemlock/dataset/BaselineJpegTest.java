package dev.hemlock.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BaselineJpegTest {
  private final BaselineJpeg baseline = new BaselineJpeg();
  private final ImageDecoder decoder = new ImageDecoder();

  /** A file and the SHA-256 of the pixels that Pillow reads from it, recorded by jpeg.py. */
  record Recorded(String name, String file, String sha256) {
    byte[] bytes() {
      return Base64.getDecoder().decode(file);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Recorded> recorded() throws IOException {
    try (InputStream in = BaselineJpegTest.class.getResourceAsStream("jpeg.json")) {
      return Arrays.stream(new Gson().fromJson(new InputStreamReader(in, UTF_8), Recorded[].class));
    }
  }

  @AfterEach
  void close() {
    decoder.close();
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void readsThePixelsThatPillowReads(Recorded recorded) throws RefusedImage {
    // When
    Optional<Pixels> decoded = baseline(recorded.bytes());

    // Then
    assertThat(decoded).isPresent();
    assertThat(sha256(decoded.get())).isEqualTo(recorded.sha256());
    assertThat(jdk(recorded.bytes())).isEqualTo(recorded.sha256());
  }

  /** Files with wrong bytes are left to the JDK's reader, or come out as it reads them. */
  @Test
  void damageNeverChangesWhatIsRead() throws IOException {
    Random random = new Random(1);
    int read = 0;
    for (Recorded recorded : recorded().toList()) {
      for (int attempt = 0; attempt < 60; attempt++) {
        // Given
        byte[] file = recorded.bytes();
        for (int i = 0; i <= attempt % 3; i++) {
          file[20 + random.nextInt(file.length - 20)] = (byte) random.nextInt();
        }
        try {
          // When
          Optional<Pixels> decoded = baseline(file);

          // Then
          if (decoded.isPresent()) {
            read++;
            assertThat(sha256(decoded.get())).as(recorded.name()).isEqualTo(jdk(file));
          }
        } catch (RefusedImage e) {
          assertThat(e).hasMessageContaining("it");
        }
      }
    }
    assertThat(read).isGreaterThan(100);
  }

  @Test
  void leavesProgressiveAndLargeFilesToTheJdk() throws RefusedImage {
    assertThat(baseline(Pictures.jpeg(16, 16, 3, 1, true))).isEmpty();
    assertThat(baseline(Pictures.jpeg(600, 600, 1, 1, false))).isEmpty();
  }

  private String jdk(byte[] file) throws RefusedImage {
    return sha256(decoder.jpeg(JpegFile.parse(file)));
  }

  private static String sha256(Pixels pixels) {
    return Digest.of(pixels.bytes()).hex();
  }

  private Optional<Pixels> baseline(byte[] file) throws RefusedImage {
    JpegFile parsed = JpegFile.parse(file);
    return baseline.decode(parsed.essence(), parsed.header());
  }
}
