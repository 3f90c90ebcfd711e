package dev.hemlock.evaluation.detection;

import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;

/**
 * The lower bound: scores are uniform, drawn by stable sample id, and those below a share are called
 * wrong.
 *
 * <p>The evidence is the stable sample ids.
 *
 * @param share of all labels, about, that are called wrong, 0 to 1
 * @param seed unsigned 32 bits
 */
public record RandomFilter(double share, int seed) implements Detector<int[]> {
  public RandomFilter {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("A share of " + share);
    }
  }

  @Override
  public Suspicion judge(GivenLabels labels, int[] sampleIds) {
    labels.requireRows(sampleIds.length);
    RandomStream random = new RandomStream(seed, Purpose.DETECT);
    double[] scores = new double[sampleIds.length];
    boolean[] issues = new boolean[sampleIds.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.uniform(0, sampleIds[i]);
      issues[i] = scores[i] < share;
    }
    return new Suspicion(labels.given(), scores, issues);
  }
}
