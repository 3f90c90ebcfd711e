package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Spectral signatures: how far a sample lies out along the direction in which the features of its
 * given label spread most. Features are centred both for the direction and for the projection. Calls a
 * label wrong if the projection's robust z value, its distance from the median over 1.4826 times the
 * median distance, would be exceeded, to either side, by at most {@code alarmRate} of normal values.
 * That probability is the score. Judges each given label on its own; one with fewer than 3 samples, or
 * without spread, raises no alarm.
 *
 * <p>Source: Tran, Li and Madry, "Spectral Signatures in Backdoor Attacks", NeurIPS 2018, algorithm 1,
 * which instead removes a fixed number of samples from every class, 1.5 times the number of poisoned
 * ones that has to be known. Robust z: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
 *
 * @param alarmRate above 0 and below 1; the share of alarms were the projections normal
 */
public record SpectralSignature(double alarmRate) implements Detector<Activations> {
  private static final double TO_DEVIATION = 1.4826;
  private static final int FEWEST = 3;

  public SpectralSignature {
    if (!(alarmRate > 0 && alarmRate < 1)) {
      throw new IllegalArgumentException("An alarm rate of " + alarmRate);
    }
  }

  @Override
  public Suspicion judge(GivenLabels labels, Activations activations) {
    labels.requireRows(activations.features().rows());
    double[] scores = new double[labels.count()];
    boolean[] issues = new boolean[labels.count()];
    Arrays.stream(labels.byClass())
        .parallel()
        .forEach(
            members -> {
              double[] chances = chances(activations.features(), members);
              for (int i = 0; i < members.length; i++) {
                scores[members[i]] = chances[i];
                issues[members[i]] = chances[i] <= alarmRate;
              }
            });
    return new Suspicion(activations.predicted(), scores, issues);
  }

  private static double[] chances(Matrix features, int[] members) {
    double[] chances = new double[members.length];
    Arrays.fill(chances, 1);
    if (members.length < FEWEST) {
      return chances;
    }
    double[][] centred = features.centred(members);
    double[] direction = PrincipalComponents.of(centred, 1)[0];
    double[] along =
        Arrays.stream(centred)
            .mapToDouble(row -> PrincipalComponents.dot(row, direction))
            .toArray();
    double median = median(along);
    double[] distances = Arrays.stream(along).map(x -> Math.abs(x - median)).toArray();
    double deviation = TO_DEVIATION * median(distances);
    if (deviation > 0) {
      NormalDistribution normal = NormalDistribution.of(0, 1);
      for (int i = 0; i < chances.length; i++) {
        chances[i] = 2 * normal.survivalProbability(distances[i] / deviation);
      }
    }
    return chances;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
