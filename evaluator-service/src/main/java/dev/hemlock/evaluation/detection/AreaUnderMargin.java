package dev.hemlock.evaluation.detection;

import java.util.List;

/**
 * Area under the margin: the mean over training of the given label's logit less the largest other
 * logit. Calls a label wrong if that is below 0, that is, if another class is ahead on average. The
 * score is its logistic function, so that 0.5 is a margin of 0.
 *
 * <p>Source: Pleiss, Zhang, Elenberg and Weinberger, "Identifying Mislabeled Data using the Area
 * Under the Margin Ranking", NeurIPS 2020, section 3. Their threshold, learnt from samples moved to an
 * additional class, needs a network with one class more, so it isn't used here.
 *
 * <p>The evidence is the logits at several points of the training, of the same samples.
 */
public final class AreaUnderMargin implements Detector<List<Matrix>> {
  @Override
  public Suspicion judge(GivenLabels labels, List<Matrix> logits) {
    int[] predicted = Trajectory.of(labels, logits).mostlyPredicted();
    double[] scores = new double[labels.count()];
    boolean[] issues = new boolean[labels.count()];
    for (int i = 0; i < scores.length; i++) {
      double area = 0;
      for (Matrix point : logits) {
        area += margin(point, i, labels.given()[i]);
      }
      area /= logits.size();
      scores[i] = 1 / (1 + Math.exp(-area));
      issues[i] = area < 0;
    }
    return new Suspicion(predicted, scores, issues);
  }

  private static double margin(Matrix logits, int row, int given) {
    float other = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < logits.columns(); c++) {
      if (c != given) {
        other = Math.max(other, logits.at(row, c));
      }
    }
    return (double) logits.at(row, given) - other;
  }
}
