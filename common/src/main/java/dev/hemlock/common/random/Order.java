package dev.hemlock.common.random;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Seeded orders of samples. Choosing k of n means taking the first k, so that choices are nested in
 * k, uniform, and without replacement. Only ids decide, never labels.
 */
public final class Order {
  private Order() {}

  /**
   * The positions 0 to {@code ids.length} - 1 sorted by (random bits of the id, unsigned; id).
   *
   * @param ids stable sample ids, without repeats
   */
  public static int[] of(RandomStream stream, int epoch, int[] ids) {
    long[] bits = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      bits[i] = stream.bits(epoch, ids[i]) ^ Long.MIN_VALUE;
    }
    return IntStream.range(0, ids.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(i -> bits[i]).thenComparingInt(i -> ids[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * The ids of the first {@code count} positions of the order, ascending.
   *
   * @throws IllegalArgumentException if there are fewer ids
   */
  public static int[] choose(RandomStream stream, int epoch, int[] ids, int count) {
    if (count < 0 || count > ids.length) {
      throw new IllegalArgumentException(
          "Can't choose %d of %d samples".formatted(count, ids.length));
    }
    int[] chosen =
        Arrays.stream(of(stream, epoch, ids), 0, count).map(position -> ids[position]).toArray();
    Arrays.sort(chosen);
    return chosen;
  }
}
