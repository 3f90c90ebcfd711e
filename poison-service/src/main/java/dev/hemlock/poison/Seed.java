package dev.hemlock.poison;

import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/**
 * The seed of an attack's choices. What it gives a sample depends on that sample's id only, so that
 * other samples have no influence on it.
 *
 * @param value an unsigned 32-bit number
 */
public record Seed(int value) {
  private static final int DRAW = 1;

  /** The flips by (random bits of the sample's id; id): a uniform order. */
  List<LabelFlip> shuffled(List<LabelFlip> flips) {
    int[] ids = flips.stream().mapToInt(LabelFlip::sampleId).toArray();
    return Arrays.stream(Order.of(stream(), 0, ids)).mapToObj(flips::get).toList();
  }

  /** Uniform in 0 to {@code bound} - 1, independent of the order. */
  int below(int bound, int sampleId) {
    return stream().below(bound, 0, sampleId, DRAW);
  }

  private RandomStream stream() {
    return new RandomStream(value, Purpose.FLIP);
  }
}
