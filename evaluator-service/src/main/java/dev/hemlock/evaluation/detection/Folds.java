package dev.hemlock.evaluation.detection;

import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Divides samples into folds by their stable ids alone: neither a label nor another sample changes a
 * sample's fold. Sizes differ by chance.
 *
 * @param count from 2
 * @param seed unsigned 32 bits
 */
public record Folds(int count, int seed) {
  public Folds {
    if (count < 2) {
      throw new IllegalArgumentException(count + " folds");
    }
  }

  /** The positions of the samples of one fold, ascending. */
  public int[] inside(int fold, int[] sampleIds) {
    return positions(fold, sampleIds, true);
  }

  /** The positions of the samples of all other folds, ascending. */
  public int[] outside(int fold, int[] sampleIds) {
    return positions(fold, sampleIds, false);
  }

  private int[] positions(int fold, int[] sampleIds, boolean inside) {
    RandomStream random = new RandomStream(seed, Purpose.FOLD);
    return IntStream.range(0, sampleIds.length)
        .filter(i -> (random.below(count, 0, sampleIds[i], 0) == fold) == inside)
        .toArray();
  }

  /** Whether every fold has a sample. */
  public boolean fill(int[] sampleIds) {
    RandomStream random = new RandomStream(seed, Purpose.FOLD);
    return Arrays.stream(sampleIds).map(id -> random.below(count, 0, id, 0)).distinct().count()
        == count;
  }
}
