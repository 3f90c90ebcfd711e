package dev.hemlock.evaluation.detection;

import java.util.stream.IntStream;

/**
 * The labels to be judged.
 *
 * @param given a class index each, 0 to {@code classCount} - 1
 * @param classCount from 2
 */
@SuppressWarnings("ArrayRecordComponent")
public record GivenLabels(int[] given, int classCount) {
  public GivenLabels {
    if (classCount < 2) {
      throw new IllegalArgumentException("There is nothing to confuse in " + classCount + " class");
    }
    for (int label : given) {
      if (label < 0 || label >= classCount) {
        throw new IllegalArgumentException("Label " + label + " of " + classCount + " classes");
      }
    }
  }

  /** How many there are. */
  public int count() {
    return given.length;
  }

  /** The positions of the labels of each class, ascending. */
  int[][] byClass() {
    int[] counts = new int[classCount];
    for (int label : given) {
      counts[label]++;
    }
    int[][] members = new int[classCount][];
    for (int c = 0; c < classCount; c++) {
      members[c] = new int[counts[c]];
    }
    int[] next = new int[classCount];
    for (int i = 0; i < given.length; i++) {
      members[given[i]][next[given[i]]++] = i;
    }
    return members;
  }

  /** Checks that evidence has a row a label. */
  void requireRows(int rows) {
    if (rows != given.length) {
      throw new IllegalArgumentException(
          "The evidence is of " + rows + " samples, and there are " + given.length + " labels");
    }
  }

  /** Checks that evidence has a row a label and a column a class. */
  void requireScores(Matrix scores) {
    requireRows(scores.rows());
    if (scores.columns() != classCount) {
      throw new IllegalArgumentException(
          "The evidence is of " + scores.columns() + " classes, not " + classCount);
    }
  }

  IntStream classes() {
    return IntStream.range(0, classCount);
  }
}
