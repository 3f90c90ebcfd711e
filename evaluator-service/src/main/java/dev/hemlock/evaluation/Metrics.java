package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.Calibration;
import java.util.List;

/**
 * What a model's predictions amount to.
 *
 * @param accuracy share of samples predicted right, 0 to 1
 * @param loss mean cross-entropy a sample, in nats
 * @param calibrationError expected calibration error, 0 to 1
 */
public record Metrics(
    double accuracy,
    double loss,
    ConfusionMatrix confusion,
    List<ClassMetrics> perClass,
    double calibrationError) {

  /**
   * Scores logits. The prediction is the class with the largest logit, the first of equals.
   *
   * @param logits {@code labels.length} rows of one finite value a class
   * @param labels true class indexes
   * @throws DivergedException if a logit is not a finite number
   */
  public static Metrics of(float[] logits, int[] labels, List<String> classNames) {
    int classes = classNames.size();
    if (logits.length != labels.length * classes) {
      throw new IllegalArgumentException(
          logits.length + " logits for " + labels.length + " samples of " + classes + " classes");
    }
    int[] predicted = new int[labels.length];
    Calibration calibration = new Calibration();
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      int row = i * classes;
      predicted[i] = largest(logits, row, classes);
      double top = logits[row + predicted[i]];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits[row + c] - top);
      }
      calibration.add(1 / sum, predicted[i] == labels[i]);
      loss += top + Math.log(sum) - logits[row + labels[i]];
    }
    ConfusionMatrix confusion = ConfusionMatrix.count(labels, predicted, classes);
    return new Metrics(
        confusion.accuracy(),
        labels.length == 0 ? 0 : loss / labels.length,
        confusion,
        ClassMetrics.of(confusion, classNames),
        calibration.error());
  }

  /** The class with the largest of {@code classes} logits from {@code row} on, the first of equals. */
  static int largest(float[] logits, int row, int classes) {
    int best = 0;
    for (int c = 0; c < classes; c++) {
      if (!Float.isFinite(logits[row + c])) {
        throw new DivergedException();
      }
      if (logits[row + c] > logits[row + best]) {
        best = c;
      }
    }
    return best;
  }

  /** A model whose outputs are not finite numbers has no predictions. */
  public static final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DivergedException() {
      super("The model's outputs are not finite numbers");
    }
  }
}
