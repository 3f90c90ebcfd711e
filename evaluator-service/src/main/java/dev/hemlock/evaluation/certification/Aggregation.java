package dev.hemlock.evaluation.certification;

import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which models of an ensemble are trained on which partitions of the training data: Finite
 * Aggregation (Wang, Levine and Feizi, ICML 2022), which with one shift is Deep Partition Aggregation
 * (Levine and Feizi, ICLR 2021). There are as many models as partitions; partition p is for the
 * models (p + shift) mod count.
 *
 * @param count partitions and models, from 1
 * @param shifts at least one, distinct, 0 to count - 1
 */
public record Aggregation(int count, List<Integer> shifts) {
  private static final int DIGEST_BYTES = 8;

  public Aggregation {
    shifts = List.copyOf(shifts);
    boolean inRange = shifts.stream().allMatch(shift -> shift >= 0 && shift < count);
    if (shifts.isEmpty() || !inRange || shifts.stream().distinct().count() < shifts.size()) {
      throw new IllegalArgumentException("%s are no shifts of %d".formatted(shifts, count));
    }
  }

  /**
   * Draws the shifts, of which one is always 0.
   *
   * @param partitions k: each model learns from about one in k samples, from 1
   * @param spread d: models that learn from a sample, from 1
   * @param seed unsigned 32 bits
   */
  public static Aggregation of(int partitions, int spread, int seed) {
    int count = partitions * spread;
    int[] others =
        Order.choose(
            new RandomStream(seed, Purpose.SPREAD),
            0,
            IntStream.range(1, count).toArray(),
            spread - 1);
    return new Aggregation(
        count, IntStream.concat(IntStream.of(0), IntStream.of(others)).boxed().toList());
  }

  /**
   * The partition of an image, which depends on nothing but the image.
   *
   * @param digest SHA-256 of its pixels; the first 8 bytes count, as an unsigned big-endian number
   */
  public int partition(byte[] digest) {
    long number = 0;
    for (int i = 0; i < DIGEST_BYTES; i++) {
      number = (number << Byte.SIZE) | Byte.toUnsignedInt(digest[i]);
    }
    return (int) Long.remainderUnsigned(number, count);
  }

  /** How many models a partition is for. */
  public int spread() {
    return shifts.size();
  }

  /**
   * One of the models that a partition is for.
   *
   * @param which from 0 to {@link #spread} - 1
   */
  int model(int partition, int which) {
    return (partition + shifts.get(which)) % count;
  }

  /** Whether a partition is for a model. */
  public boolean trains(int partition, int model) {
    return shifts.contains(Math.floorMod(model - partition, count));
  }
}
