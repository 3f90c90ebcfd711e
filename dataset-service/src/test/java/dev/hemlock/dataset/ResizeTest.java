package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ResizeTest {

  @Property(tries = 100)
  void keepsAPlainImagePlainInEveryMode(
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 60) int wantedHeight,
      @ForAll @IntRange(min = 1, max = 60) int wantedWidth) {
    // Given
    byte[] grey = new byte[height * width];
    Arrays.fill(grey, (byte) 200);
    Pixels image = new Pixels(height, width, 1, grey);

    // When
    Pixels stretched = new Resize(wantedHeight, wantedWidth, Resize.Mode.STRETCH).apply(image);
    Pixels cropped = new Resize(wantedHeight, wantedWidth, Resize.Mode.CROP).apply(image);
    Pixels padded = new Resize(wantedHeight, wantedWidth, Resize.Mode.PAD).apply(image);

    // Then
    assertThat(stretched.bytes()).hasSize(wantedHeight * wantedWidth).containsOnly(200);
    assertThat(cropped.bytes()).hasSize(wantedHeight * wantedWidth).containsOnly(200);
    assertThat(padded.bytes()).hasSize(wantedHeight * wantedWidth).contains(200);
  }

  @Test
  void averagesNeighboursWhenHalving() {
    Pixels image = new Pixels(1, 4, 1, new byte[] {0, 0, (byte) 240, (byte) 240});

    Pixels half = new Resize(1, 2, Resize.Mode.STRETCH).apply(image);

    assertThat(half.bytes()[0] & 0xff).isEqualTo(34);
    assertThat(half.bytes()[1] & 0xff).isEqualTo(206);
  }

  @Test
  void padsEvenlyWithBlack() {
    Pixels image = new Pixels(1, 2, 1, new byte[] {9, 9});

    Pixels padded = new Resize(4, 2, Resize.Mode.PAD).apply(image);

    assertThat(padded.bytes()).containsExactly(0, 0, 9, 9, 0, 0, 0, 0);
  }

  @Test
  void cropsTheMiddle() {
    Pixels image = new Pixels(1, 3, 1, new byte[] {1, 50, 100});

    Pixels cropped = new Resize(1, 1, Resize.Mode.CROP).apply(image);

    assertThat(cropped.bytes()).containsExactly(50);
  }
}
