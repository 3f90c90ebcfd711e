package dev.hemlock.poison;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Labels for property tests. */
final class LabelArbitraries {
  private LabelArbitraries() {}

  /** 10 to 200 samples with gaps between their ids. */
  static Arbitrary<Labels> labels(int classes) {
    Arbitrary<Integer> label = Arbitraries.integers().between(0, classes - 1);
    Arbitrary<Integer> gap = Arbitraries.integers().between(1, 5);
    return Combinators.combine(label, gap)
        .as((value, step) -> new int[] {value, step})
        .list()
        .ofMinSize(10)
        .ofMaxSize(200)
        .map(
            samples -> {
              int[] ids = samples.stream().mapToInt(sample -> sample[1]).toArray();
              Arrays.parallelPrefix(ids, Integer::sum);
              return new Labels(
                  classes, ids, samples.stream().mapToInt(sample -> sample[0]).toArray());
            });
  }
}
