package dev.hemlock.evaluation.detection;

/**
 * What a detector makes of each label, named as cleanlab names its columns.
 *
 * @param predictedLabels the class that the evidence speaks for; the given label where it speaks for
 *     none
 * @param labelScores 0 to 1, the lower the more suspicious
 * @param labelIssues whether the detector calls the label wrong
 */
@SuppressWarnings("ArrayRecordComponent")
public record Suspicion(int[] predictedLabels, double[] labelScores, boolean[] labelIssues) {
  public Suspicion {
    if (predictedLabels.length != labelScores.length || labelIssues.length != labelScores.length) {
      throw new IllegalArgumentException("Every label has a prediction, a score and a verdict");
    }
  }

  /** How many labels are called wrong. */
  public int issueCount() {
    int count = 0;
    for (boolean issue : labelIssues) {
      count += issue ? 1 : 0;
    }
    return count;
  }
}
