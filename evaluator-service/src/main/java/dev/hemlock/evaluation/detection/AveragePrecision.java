package dev.hemlock.evaluation.detection;

import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Average precision: the sum over falling thresholds of precision times the recall gained, which is
 * the area under the precision-recall curve without interpolation. Samples of equal score pass a
 * threshold together. The same as scikit-learn's {@code average_precision_score}.
 */
final class AveragePrecision {
  private AveragePrecision() {}

  /**
   * Of finding what is wanted by low scores; empty if nothing is wanted.
   *
   * @param scores the lower, the earlier found
   */
  static OptionalDouble of(double[] scores, boolean[] wanted) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int found = 0;
    double sum = 0;
    int from = 0;
    while (from < order.length) {
      int to = from;
      int gained = 0;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        gained += wanted[order[to]] ? 1 : 0;
        to++;
      }
      found += gained;
      sum += gained * (double) found / to;
      from = to;
    }
    return found == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / found);
  }
}
