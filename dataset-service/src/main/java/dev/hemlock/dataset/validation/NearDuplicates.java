package dev.hemlock.dataset.validation;

/**
 * Finds pairs of images that look alike: gradients that differ in at most 7 of 64 bits, and pixels
 * that are alike too.
 *
 * <p>Two words that differ in at most 7 bits agree in at least one of 8 groups of 8 bits, so only
 * images with an equal group are compared and no pair is missed (Norouzi, Punjani and Fleet, "Fast
 * search in Hamming space with multi-index hashing", CVPR 2012). The bits of a group lie on a
 * diagonal, so that a blank border does not make a whole group equal.
 */
final class NearDuplicates {
  static final int MOST_BITS = 7;

  private static final int GROUPS = 8;
  private static final int KEYS = 256;
  private static final double MOST_COMPARISONS = 2e10;

  /** 20 million pairs of 32 × 32 × 3. */
  private static final long MOST_BYTES = 61_440_000_000L;

  private final long[] gradients;
  private final Pixels pixels;
  private final Pairs pairs;
  private final long mostPixelComparisons;
  private long pixelComparisons;

  private NearDuplicates(long[] gradients, int bytes, Pixels pixels, Pairs pairs) {
    this.gradients = gradients;
    this.mostPixelComparisons = MOST_BYTES / Math.max(1, bytes);
    this.pixels = pixels;
    this.pairs = pairs;
  }

  /** Compares pixels. */
  interface Pixels {
    boolean alike(int first, int second);
  }

  /** Takes two positions. */
  interface Pairs {
    void accept(int first, int second);
  }

  /**
   * Finds the pairs, each once.
   *
   * @param bytes of an image
   * @return whether all were found: not if so many gradients are alike that it would take minutes
   */
  static boolean find(long[] gradients, int bytes, Pixels pixels, Pairs pairs) {
    NearDuplicates search = new NearDuplicates(gradients, bytes, pixels, pairs);
    double comparisons = 0;
    int[][] starts = new int[GROUPS][];
    for (int g = 0; g < GROUPS; g++) {
      starts[g] = search.starts(g);
      for (int key = 0; key < KEYS; key++) {
        double size = starts[g][key + 1] - starts[g][key];
        comparisons += size * (size - 1) / 2;
      }
    }
    if (comparisons > MOST_COMPARISONS) {
      return false;
    }
    for (int g = 0; g < GROUPS; g++) {
      int[] sorted = search.sorted(g, starts[g]);
      for (int key = 0; key < KEYS; key++) {
        search.compare(g, sorted, starts[g][key], starts[g][key + 1]);
      }
    }
    return search.pixelComparisons <= search.mostPixelComparisons;
  }

  private void compare(int group, int[] sorted, int from, int to) {
    for (int i = from; i < to; i++) {
      long gradient = gradients[sorted[i]];
      for (int j = i + 1; j < to; j++) {
        long difference = gradient ^ gradients[sorted[j]];
        if (Long.bitCount(difference) <= MOST_BITS
            && firstEqualGroup(difference) == group
            && ++pixelComparisons <= mostPixelComparisons
            && pixels.alike(sorted[i], sorted[j])) {
          pairs.accept(sorted[i], sorted[j]);
        }
      }
    }
  }

  private static int firstEqualGroup(long difference) {
    int group = 0;
    while (key(difference, group) != 0) {
      group++;
    }
    return group;
  }

  /** Where the images of each key of a group start in their sorted order. */
  private int[] starts(int group) {
    int[] starts = new int[KEYS + 1];
    for (long gradient : gradients) {
      starts[key(gradient, group) + 1]++;
    }
    for (int key = 0; key < KEYS; key++) {
      starts[key + 1] += starts[key];
    }
    return starts;
  }

  private int[] sorted(int group, int[] starts) {
    int[] next = starts.clone();
    int[] sorted = new int[gradients.length];
    for (int i = 0; i < gradients.length; i++) {
      sorted[next[key(gradients[i], group)]++] = i;
    }
    return sorted;
  }

  /** The bits in row r and column (group + r) mod 8, for r from 0 to 7. */
  private static int key(long gradient, int group) {
    int key = 0;
    for (int row = 0; row < GROUPS; row++) {
      key |= (int) (gradient >>> (8 * row + ((group + row) & 7)) & 1) << row;
    }
    return key;
  }
}
