package dev.hemlock.common.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction of m p values: in ascending order, the k-th is multiplied by m − k + 1,
 * and none is below the one before. Whatever depends on what, the chance that any true null is
 * refused at 0.05 is at most 0.05.
 *
 * <p>Source: Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6,
 * 1979.
 */
public final class Holm {
  private Holm() {}

  /** Adjusts p values, each 0 to 1; the result keeps their order. */
  public static double[] adjust(double[] pValues) {
    int[] ascending =
        IntStream.range(0, pValues.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[pValues.length];
    double largest = 0;
    for (int rank = 0; rank < ascending.length; rank++) {
      double scaled = (pValues.length - rank) * pValues[ascending[rank]];
      largest = Math.max(largest, Math.min(1, scaled));
      adjusted[ascending[rank]] = largest;
    }
    return adjusted;
  }
}
