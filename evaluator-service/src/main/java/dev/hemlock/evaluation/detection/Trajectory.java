package dev.hemlock.evaluation.detection;

import java.util.List;

/** Logits at several points of one training. */
final class Trajectory {
  private final List<Matrix> logits;

  private Trajectory(List<Matrix> logits) {
    this.logits = logits;
  }

  static Trajectory of(GivenLabels labels, List<Matrix> logits) {
    if (logits.isEmpty()) {
      throw new IllegalArgumentException("There are no logits of any point of the training");
    }
    logits.forEach(labels::requireScores);
    return new Trajectory(logits);
  }

  /** The class of the largest mean logit, the first of equals. */
  int[] mostlyPredicted() {
    Matrix first = logits.get(0);
    int[] predicted = new int[first.rows()];
    for (int row = 0; row < predicted.length; row++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < first.columns(); c++) {
        double sum = 0;
        for (Matrix point : logits) {
          sum += point.at(row, c);
        }
        if (sum > best) {
          best = sum;
          predicted[row] = c;
        }
      }
    }
    return predicted;
  }

  /** The mean cross-entropy of the given label over the points, in nats. */
  double[] meanLoss(int[] given) {
    double[] losses = new double[given.length];
    for (int row = 0; row < losses.length; row++) {
      for (Matrix point : logits) {
        losses[row] += loss(point, row, given[row]) / logits.size();
      }
    }
    return losses;
  }

  private static double loss(Matrix logits, int row, int given) {
    double top = logits.at(row, logits.largest(row));
    double sum = 0;
    for (int c = 0; c < logits.columns(); c++) {
      sum += Math.exp(logits.at(row, c) - top);
    }
    return top + Math.log(sum) - logits.at(row, given);
  }
}
