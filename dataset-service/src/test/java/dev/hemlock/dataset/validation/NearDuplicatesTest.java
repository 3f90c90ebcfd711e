package dev.hemlock.dataset.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {

  @Test
  void findsExactlyThePairsThatComparingAllGives() {
    // Given words near each other: each a few bits from one before
    Random random = new Random(7);
    long[] gradients = new long[600];
    for (int i = 0; i < gradients.length; i++) {
      long word = i < 40 ? random.nextLong() : gradients[random.nextInt(i)];
      for (int flips = random.nextInt(12); i >= 40 && flips > 0; flips--) {
        word ^= 1L << random.nextInt(64);
      }
      gradients[i] = word;
    }
    Set<Set<Integer>> expected = new HashSet<>();
    for (int i = 0; i < gradients.length; i++) {
      for (int j = 0; j < i; j++) {
        if (Long.bitCount(gradients[i] ^ gradients[j]) <= NearDuplicates.MOST_BITS) {
          expected.add(Set.of(i, j));
        }
      }
    }

    // When
    Set<Set<Integer>> found = new HashSet<>();
    boolean complete =
        NearDuplicates.find(
            gradients,
            3072,
            (a, b) -> true,
            (a, b) -> assertThat(found.add(Set.of(a, b))).isTrue());

    // Then
    assertThat(complete).isTrue();
    assertThat(found).hasSizeGreaterThan(500).isEqualTo(expected);
  }

  @Test
  void givesUpWhenTooManyImagesLookAlike() {
    assertThat(NearDuplicates.find(new long[100_000], 1, (a, b) -> false, (a, b) -> {})).isFalse();
  }

  @Test
  void givesUpSoonerTheLargerTheImages() {
    long[] alike = new long[1000];
    int[] comparisons = {0};
    NearDuplicates.Pixels counted = (a, b) -> comparisons[0]++ < 0;

    assertThat(NearDuplicates.find(alike, 3072, counted, (a, b) -> {})).isTrue();
    assertThat(comparisons[0]).isEqualTo(499_500);
    assertThat(NearDuplicates.find(alike, 16 << 20, counted, (a, b) -> {})).isFalse();
    assertThat(comparisons[0]).isLessThan(499_500 + 4000);
  }
}
