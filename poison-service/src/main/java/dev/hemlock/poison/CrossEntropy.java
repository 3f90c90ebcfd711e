package dev.hemlock.poison;

import java.util.stream.IntStream;

/** The cross-entropy of a label under the softmax of logits. */
final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * {@code -log softmax(logits)[label]} in nats. Computed from the differences to the label's own
   * logit, so that probabilities which all round to 1 still have their order.
   *
   * @param logits finite, at least two
   */
  static double of(float[] logits, int label) {
    double[] others =
        IntStream.range(0, logits.length)
            .filter(c -> c != label)
            .mapToDouble(c -> (double) logits[c] - logits[label])
            .toArray();
    double largest = Double.NEGATIVE_INFINITY;
    for (double other : others) {
      largest = Math.max(largest, other);
    }
    double sum = 0;
    for (double other : others) {
      sum += StrictMath.exp(other - largest);
    }
    double logOdds = largest + StrictMath.log(sum);
    return Math.max(logOdds, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(logOdds)));
  }
}
