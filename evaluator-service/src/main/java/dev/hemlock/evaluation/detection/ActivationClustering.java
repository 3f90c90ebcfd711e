package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Activation clustering: splits the features of each given label in two. Calls the smaller cluster's
 * labels wrong if it holds less than 35 % of them and the two clusters are well apart (mean silhouette
 * at least 0.1). The score tells how much nearer a sample is to the smaller cluster: from 0 to below
 * 0.5 where that cluster is suspected, from 0.5 to 1 otherwise.
 *
 * <p>Source: Chen et al., "Detecting Backdoor Attacks on Deep Neural Networks by Activation
 * Clustering", SafeAI at AAAI 2019; with the thresholds and the principal components, instead of
 * independent ones, that the Adversarial Robustness Toolbox takes by default. The clusters start from
 * the two sides of the first component (Su and Dy, Intelligent Data Analysis 11, 2007) instead of at
 * random.
 */
public final class ActivationClustering implements Detector<Activations> {
  private static final int COMPONENTS = 10;
  private static final double LARGEST_SHARE = 0.35;
  private static final double LEAST_SILHOUETTE = 0.1;

  @Override
  public Suspicion judge(GivenLabels labels, Activations activations) {
    labels.requireRows(activations.features().rows());
    double[] scores = new double[labels.count()];
    boolean[] issues = new boolean[labels.count()];
    Arrays.fill(scores, 1);
    for (int[] members : labels.byClass()) {
      if (members.length > 1) {
        judge(activations.features(), members, scores, issues);
      }
    }
    return new Suspicion(activations.predicted(), scores, issues);
  }

  private static void judge(Matrix features, int[] members, double[] scores, boolean[] issues) {
    double[][] reduced = reduce(features.centred(members));
    TwoMeans clusters = TwoMeans.of(reduced);
    boolean suspected =
        clusters.smallerShare() > 0
            && clusters.smallerShare() < LARGEST_SHARE
            && clusters.silhouette() >= LEAST_SILHOUETTE;
    for (int i = 0; i < members.length; i++) {
      double near = clusters.towardsLarger(reduced[i]);
      scores[members[i]] = suspected ? near : (1 + near) / 2;
      issues[members[i]] = suspected && clusters.inSmaller(i);
    }
  }

  private static double[][] reduce(double[][] centred) {
    int count = Math.min(COMPONENTS, Math.min(centred[0].length, centred.length));
    double[][] components = PrincipalComponents.of(centred, count);
    return Arrays.stream(centred)
        .map(
            row ->
                IntStream.range(0, count)
                    .mapToDouble(k -> PrincipalComponents.dot(row, components[k]))
                    .toArray())
        .toArray(double[][]::new);
  }
}
