package dev.hemlock.dataset.validation;

import java.util.Arrays;

/**
 * Values beyond the extremes of a reference. If both come from one distribution, whatever it is, the
 * k most extreme of the m + n values all belong to the m new ones with probability Π (m − i) / (m + n
 * − i), i from 0 to k − 1; ties make it smaller.
 *
 * <p>Source: Wilks, Ann. Math. Statist. 13, 1942 (exceedances); Gumbel and von Schelling, Ann. Math.
 * Statist. 21, 1950.
 *
 * @param least the reference's smallest
 * @param most its largest
 * @param below how many values lie below the smallest
 * @param above how many lie above the largest
 * @param pValue of the more extreme side, doubled; 0 to 1
 */
record Exceedance(double least, double most, int below, int above, double pValue) {

  /** Compares values with those of a reference; neither is empty. */
  static Exceedance of(double[] values, double[] reference) {
    double least = Arrays.stream(reference).min().orElseThrow();
    double most = Arrays.stream(reference).max().orElseThrow();
    int below = (int) Arrays.stream(values).filter(v -> v < least).count();
    int above = (int) Arrays.stream(values).filter(v -> v > most).count();
    double p = probability(Math.max(below, above), values.length, reference.length);
    return new Exceedance(least, most, below, above, Math.min(1, 2 * p));
  }

  /** Whether a value lies beyond the reference's extremes. */
  boolean beyond(double value) {
    return value < least || value > most;
  }

  private static double probability(int k, int m, int n) {
    double p = 1;
    for (int i = 0; i < k; i++) {
      p *= (m - i) / (double) (m + n - i);
    }
    return p;
  }
}
