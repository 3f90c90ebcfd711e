package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import java.util.stream.IntStream;

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
    int[] given = labels.given();
    int[] predicted = probabilities.largest();
    double[] scores = new double[given.length];
    boolean[] doubted = new boolean[given.length];
    IntStream.range(0, given.length)
        .parallel()
        .forEach(
            i -> {
              scores[i] = probabilities.at(i, given[i]);
              doubted[i] = scores[i] + TOLERANCE <= probabilities.at(i, predicted[i]);
            });
    int[][] joint = ConfidentJoint.estimate(labels, probabilities, predicted);
    int[][] members = labels.byClass();
    boolean[] issues = new boolean[given.length];
    labels
        .classes()
        .parallel()
        .filter(c -> members[c].length > FEWEST_LEFT)
        .forEach(c -> prune(c, joint[c], members[c], probabilities, doubted, issues));
    return new Suspicion(predicted, scores, issues);
  }

  /**
   * Marks the doubted ones among the labels with the largest margins. Margins of labels that are not
   * doubted are at most about the tolerance, so they need no look where enough doubted ones are above
   * twice that.
   */
  private static void prune(
      int given,
      int[] estimated,
      int[] members,
      Matrix probabilities,
      boolean[] doubted,
      boolean[] issues) {
    int[] counts = leaveSome(given, estimated);
    int[] candidates = Arrays.stream(members).filter(i -> doubted[i]).toArray();
    for (int truth = 0; truth < counts.length; truth++) {
      if (truth != given && counts[truth] > 0) {
        double[] margins = margins(given, truth, candidates, probabilities);
        if (Arrays.stream(margins).filter(m -> m >= 2 * TOLERANCE).count() >= counts[truth]) {
          markLargest(margins, counts[truth], candidates, doubted, issues);
        } else {
          double[] all = margins(given, truth, members, probabilities);
          markLargest(all, counts[truth], members, doubted, issues);
        }
      }
    }
  }

  /** How much more probable a class is than the given label. */
  private static double[] margins(int given, int truth, int[] members, Matrix probabilities) {
    double[] margins = new double[members.length];
    for (int i = 0; i < members.length; i++) {
      margins[i] =
          (double) probabilities.at(members[i], truth) - probabilities.at(members[i], given);
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

  private static void markLargest(
      double[] margins, int count, int[] members, boolean[] doubted, boolean[] issues) {
    int marked = Math.min(count, margins.length);
    double cut = Selection.largest(margins.clone(), marked);
    int above = 0;
    for (int i = 0; i < margins.length; i++) {
      if (margins[i] > cut) {
        issues[members[i]] = doubted[members[i]];
        above++;
      }
    }
    for (int i = 0; i < margins.length && above < marked; i++) {
      if (margins[i] == cut) {
        issues[members[i]] = doubted[members[i]];
        above++;
      }
    }
  }
}
