package dev.hemlock.evaluation.detection;

/**
 * The upper bound: knows the true labels. Calls exactly the wrong ones wrong.
 *
 * <p>The evidence is the true labels.
 */
public final class Oracle implements Detector<GivenLabels> {
  @Override
  public Suspicion judge(GivenLabels labels, GivenLabels truth) {
    labels.requireRows(truth.count());
    double[] scores = new double[labels.count()];
    boolean[] issues = new boolean[labels.count()];
    for (int i = 0; i < scores.length; i++) {
      issues[i] = truth.given()[i] != labels.given()[i];
      scores[i] = issues[i] ? 0 : 1;
    }
    return new Suspicion(truth.given(), scores, issues);
  }
}
