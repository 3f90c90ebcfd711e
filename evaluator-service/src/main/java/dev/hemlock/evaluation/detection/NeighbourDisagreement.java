package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Disagreement of neighbours: the score is the share of a sample's nearest neighbours in feature space,
 * by cosine similarity and without itself, that have its given label. Calls a label wrong if another
 * one is more frequent among them.
 *
 * <p>Sources: edited nearest neighbours, Wilson, IEEE Trans. Syst. Man Cybern. 2, 1972; on deep
 * features against poisoned labels, Peri et al., "Deep k-NN Defense Against Clean-Label Data Poisoning
 * Attacks", ECCV Workshops 2020.
 *
 * <p>The evidence is features of one model. All pairs are compared: time grows with the square of the
 * number of samples.
 *
 * @param neighbours from 1; all others if there are fewer
 */
public record NeighbourDisagreement(int neighbours) implements Detector<Matrix> {
  public NeighbourDisagreement {
    if (neighbours < 1) {
      throw new IllegalArgumentException(neighbours + " neighbours");
    }
  }

  @Override
  public Suspicion judge(GivenLabels labels, Matrix features) {
    labels.requireRows(features.rows());
    int count = labels.count();
    int near = Math.min(neighbours, count - 1);
    int[] predicted = labels.given().clone();
    double[] scores = new double[count];
    boolean[] issues = new boolean[count];
    if (near < 1) {
      Arrays.fill(scores, 1);
      return new Suspicion(predicted, scores, issues);
    }
    int[][] nearest = NearestNeighbours.of(features, near);
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              int[] votes = new int[labels.classCount()];
              for (int neighbour : nearest[i]) {
                votes[labels.given()[neighbour]]++;
              }
              for (int c = 0; c < votes.length; c++) {
                predicted[i] = votes[c] > votes[predicted[i]] ? c : predicted[i];
              }
              scores[i] = (double) votes[labels.given()[i]] / near;
              issues[i] = predicted[i] != labels.given()[i];
            });
    return new Suspicion(predicted, scores, issues);
  }
}
