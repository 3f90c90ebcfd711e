package dev.hemlock.evaluation;

import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.evaluation.detection.Matrix;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.training.v1.ForwardCorrection;
import dev.hemlock.proto.training.v1.TransitionRow;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Reads off a model's predictions how labels were flipped (Patrini et al. 2017, equations 12 and 13):
 * where a sample is certainly of class i, the probabilities that the model gives it are those that a
 * sample of class i is labelled as each class.
 */
@Singleton
public class TransitionEstimator {
  private final BlobStore blobs;

  /** Reads predictions from {@code blobs}. */
  public TransitionEstimator(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * The forward correction that a model trained with cross-entropy suggests. Blocking.
   *
   * @param evaluation of the model on its training samples, SUCCEEDED; their labels don't matter
   * @param anchorQuantile as {@link #transitions} says
   */
  ForwardCorrection estimate(Evaluation evaluation, double anchorQuantile) {
    Matrix probabilities = StoredLogits.logits(blobs, evaluation.getPredictions()).softmax();
    ForwardCorrection.Builder correction =
        ForwardCorrection.newBuilder().setEstimatedFrom(evaluation.getSpec().getTrainingRun());
    for (double[] row : transitions(probabilities, anchorQuantile)) {
      correction.addTransition(
          TransitionRow.newBuilder().addAllProbabilities(Arrays.stream(row).boxed().toList()));
    }
    return correction.build();
  }

  /**
   * Row i holds the probabilities of the anchor of class i, made to add up to 1 in double precision.
   * The anchor is the sample whose probability of i is the quantile of all samples', the first of
   * equals. Between two samples it is the larger (NumPy's {@code higher}).
   *
   * <p>The authors' code takes the sample next below the quantile instead. Where a model that has
   * memorised its samples gives many of them a probability of exactly 1, that is a sample of any class.
   *
   * @param probabilities a row a sample, a column a class
   * @param anchorQuantile above 0 to 1, which stands for the largest
   */
  static double[][] transitions(Matrix probabilities, double anchorQuantile) {
    return IntStream.range(0, probabilities.columns())
        .mapToObj(column -> row(probabilities, anchor(probabilities, column, anchorQuantile)))
        .toArray(double[][]::new);
  }

  private static int anchor(Matrix probabilities, int column, double quantile) {
    double[] sorted =
        IntStream.range(0, probabilities.rows())
            .mapToDouble(row -> probabilities.at(row, column))
            .sorted()
            .toArray();
    double value = sorted[(int) Math.ceil(quantile * (sorted.length - 1))];
    return IntStream.range(0, probabilities.rows())
        .filter(row -> probabilities.at(row, column) == value)
        .findFirst()
        .orElseThrow();
  }

  private static double[] row(Matrix probabilities, int anchor) {
    double[] row =
        IntStream.range(0, probabilities.columns())
            .mapToDouble(column -> probabilities.at(anchor, column))
            .toArray();
    double sum = Arrays.stream(row).sum();
    return Arrays.stream(row).map(value -> value / sum).toArray();
  }
}
