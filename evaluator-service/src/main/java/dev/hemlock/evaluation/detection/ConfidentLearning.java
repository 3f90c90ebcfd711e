package dev.hemlock.evaluation.detection;

import java.util.Arrays;

/**
 * Confident learning: counts how often each class is confidently found under each given label, and
 * calls as many labels wrong as that estimates, those with the largest margin first (prune by noise
 * rate). The score is the self-confidence: the probability of the given label. What the model itself
 * reads as given is never called wrong.
 *
 * <p>Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset
 * Labels", JAIR 70, 2021. Gives what cleanlab 2.9's {@code find_label_issues} and {@code
 * get_label_quality_scores} give with their defaults, except where several samples tie for the last
 * place: here the first of them is taken, there any.
 *
 * <p>The evidence is out-of-fold probabilities.
 */
public final class ConfidentLearning implements Detector<Matrix> {
  private static final int FEWEST_LEFT = 1;
  private static final double TOLERANCE = 1e-6;

  @Override
  public Suspicion judge(GivenLabels labels, Matrix probabilities) {
    labels.requireScores(probabilities);
    int[] predicted = probabilities.largest();
    int[][] joint = ConfidentJoint.estimate(labels, probabilities, predicted);
    int[][] members = labels.byClass();
    boolean[] issues = new boolean[labels.count()];
    labels
        .classes()
        .parallel()
        .filter(given -> members[given].length > FEWEST_LEFT)
        .forEach(given -> prune(given, joint[given], members[given], probabilities, issues));
    double[] scores = new double[labels.count()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = probabilities.at(i, labels.given()[i]);
      issues[i] &= scores[i] + TOLERANCE <= probabilities.at(i, predicted[i]);
    }
    return new Suspicion(predicted, scores, issues);
  }

  private static void prune(
      int given, int[] estimated, int[] members, Matrix probabilities, boolean[] issues) {
    int[] counts = leaveSome(given, estimated);
    double[][] margins = margins(given, members, probabilities);
    for (int truth = 0; truth < counts.length; truth++) {
      if (truth != given && counts[truth] > 0) {
        markLargest(margins[truth], counts[truth], members, issues);
      }
    }
  }

  /** By class, how much more probable it is than the given label. */
  private static double[][] margins(int given, int[] members, Matrix probabilities) {
    int classes = probabilities.columns();
    double[][] margins = new double[classes][members.length];
    for (int i = 0; i < members.length; i++) {
      double self = probabilities.at(members[i], given);
      for (int truth = 0; truth < classes; truth++) {
        margins[truth][i] = probabilities.at(members[i], truth) - self;
      }
    }
    return margins;
  }

  /** Takes what the diagonal lacks evenly from the other counts, rounded down. */
  private static int[] leaveSome(int given, int[] estimated) {
    int lacking = Math.max(0, FEWEST_LEFT - estimated[given]);
    long others = Arrays.stream(estimated).filter(count -> count != 0).count() - 1;
    double each = (double) lacking / Math.max(1, others);
    return Arrays.stream(estimated).map(count -> (int) Math.max(0, count - each)).toArray();
  }

  private static void markLargest(double[] margins, int count, int[] members, boolean[] issues) {
    int marked = Math.min(count, margins.length);
    double cut = Selection.largest(margins.clone(), marked);
    int above = 0;
    for (int i = 0; i < margins.length; i++) {
      if (margins[i] > cut) {
        issues[members[i]] = true;
        above++;
      }
    }
    for (int i = 0; i < margins.length && above < marked; i++) {
      if (margins[i] == cut) {
        issues[members[i]] = true;
        above++;
      }
    }
  }
}
