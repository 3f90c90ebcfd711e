package dev.hemlock.evaluation.detection;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How well a detector did, against the flips that it did not see.
 *
 * @param total over all labels
 * @param byClass by given label: where alarms fall unevenly, some classes lose more clean samples
 * @param averagePrecision the area under the precision-recall curve; empty if nothing was flipped
 */
public record DetectionScore(Counts total, List<Counts> byClass, OptionalDouble averagePrecision) {

  /**
   * Labels counted by what they are and what they were called.
   *
   * @param labels all
   * @param flips the wrong ones
   * @param suspected those called wrong
   * @param caught those wrong and called so
   */
  public record Counts(int labels, int flips, int suspected, int caught) {
    /** The share of the suspected labels that are wrong; empty if none is suspected. */
    public OptionalDouble precision() {
      return share(caught, suspected);
    }

    /** The share of the wrong labels that are suspected; empty if none is wrong. */
    public OptionalDouble recall() {
      return share(caught, flips);
    }

    /** The share of the right labels that are suspected; empty if none is right. */
    public OptionalDouble falseAlarmRate() {
      return share(suspected - caught, labels - flips);
    }

    private static OptionalDouble share(int part, int whole) {
      return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }
  }

  /**
   * Scores what a detector made of labels.
   *
   * @param flipped which labels are wrong
   */
  public static DetectionScore of(GivenLabels labels, Suspicion suspicion, boolean[] flipped) {
    int[][] members = labels.byClass();
    return new DetectionScore(
        count(IntStream.range(0, labels.count()).toArray(), suspicion, flipped),
        labels.classes().mapToObj(c -> count(members[c], suspicion, flipped)).toList(),
        AveragePrecision.of(suspicion.labelScores(), flipped));
  }

  private static Counts count(int[] positions, Suspicion suspicion, boolean[] flipped) {
    int flips = 0;
    int suspected = 0;
    int caught = 0;
    for (int i : positions) {
      flips += flipped[i] ? 1 : 0;
      suspected += suspicion.labelIssues()[i] ? 1 : 0;
      caught += flipped[i] && suspicion.labelIssues()[i] ? 1 : 0;
    }
    return new Counts(positions.length, flips, suspected, caught);
  }
}
