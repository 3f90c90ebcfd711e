package dev.hemlock.common.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The known answers of {@code philox4x32 10} in Random123's {@code kat_vectors}. */
class PhiloxTest {
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000,"
        + " 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff,"
        + " 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0,"
        + " d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void givesTheKnownAnswers(String counter, String key, String answer) {
    int[] c = words(counter);
    int[] k = words(key);
    int[] out = new int[4];

    Philox.block(c[0], c[1], c[2], c[3], k[0], k[1], out);

    assertThat(out).isEqualTo(words(answer));
  }

  private static int[] words(String hex) {
    String[] parts = hex.trim().split(" ");
    int[] words = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      words[i] = Integer.parseUnsignedInt(parts[i], 16);
    }
    return words;
  }
}
