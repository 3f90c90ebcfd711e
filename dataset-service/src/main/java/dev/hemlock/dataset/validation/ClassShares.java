package dev.hemlock.dataset.validation;

import dev.hemlock.common.statistics.Holm;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.BinomialTest;
import org.apache.commons.statistics.inference.FisherExactTest;

/**
 * Exact two-sided tests of each class against all others, adjusted by Holm: Fisher's of the 2 × 2
 * table against a reference, the binomial one against a declared share. They hold for any number of
 * samples.
 *
 * <p>Sources: Fisher, Statistical Methods for Research Workers, 5th edition, 1934; Clopper and
 * Pearson, Biometrika 26, 1934; {@link Holm}.
 */
final class ClassShares {
  private ClassShares() {}

  /** Adjusted p values, one a class, of counts of the same classes. */
  static double[] ofCounts(int[] counts, int[] reference) {
    int total = Arrays.stream(counts).sum();
    int referenceTotal = Arrays.stream(reference).sum();
    return adjusted(
        counts.length,
        c -> {
          int inClass = counts[c] + reference[c];
          int[][] table = {
            {counts[c], total - counts[c]}, {reference[c], referenceTotal - reference[c]}
          };
          return inClass == 0 || inClass == total + referenceTotal
              ? 1
              : FisherExactTest.withDefaults().test(table).getPValue();
        });
  }

  /** Adjusted p values, one a class, against shares from 0 to 1. */
  static double[] ofShares(int[] counts, double[] shares) {
    int total = Arrays.stream(counts).sum();
    return adjusted(
        counts.length,
        c -> BinomialTest.withDefaults().test(total, counts[c], shares[c]).getPValue());
  }

  private static double[] adjusted(int classes, IntToDoubleFunction pValue) {
    return Holm.adjust(
        IntStream.range(0, classes)
            .mapToDouble(c -> Math.min(1, pValue.applyAsDouble(c)))
            .toArray());
  }
}
