package dev.hemlock.poison;

import java.util.function.IntToDoubleFunction;

/**
 * Flips the samples first whose features are nearest to the mean feature of the samples labelled as
 * the target class, by Euclidean distance.
 *
 * <p>Distances between features as in Shafahi et al., <i>Poison Frogs! Targeted Clean-Label Poisoning
 * Attacks on Neural Networks</i> (NeurIPS 2018); to the mean of a class as in Mensink et al.,
 * <i>Distance-Based Image Classification: Generalizing to New Classes at Near-Zero Cost</i> (IEEE
 * TPAMI 2013), because it needs no number of neighbours.
 */
record NearestToTarget() implements ScoreRule {
  @Override
  public boolean needsFeatures() {
    return true;
  }

  @Override
  public IntToDoubleFunction scores(ModelOutputs features, Labels labels, int source, int target) {
    double[] mean = mean(features, labels.positionsOf(target));
    return position -> squaredDistance(features.of(position), mean);
  }

  private static double[] mean(ModelOutputs features, int[] positions) {
    double[] mean = new double[features.of(positions[0]).length];
    for (int position : positions) {
      float[] row = features.of(position);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / (double) positions.length;
      }
    }
    return mean;
  }

  private static double squaredDistance(float[] row, double[] mean) {
    double sum = 0;
    for (int j = 0; j < mean.length; j++) {
      double difference = row[j] - mean[j];
      sum += difference * difference;
    }
    return sum;
  }
}
