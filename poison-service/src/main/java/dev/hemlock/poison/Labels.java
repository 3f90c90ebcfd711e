package dev.hemlock.poison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntBinaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The labels of one split, each beside the stable id of its sample. Immutable. */
public final class Labels {
  private final int classCount;
  private final int[] sampleIds;
  private final int[] classes;

  /**
   * Takes copies.
   *
   * @param classCount how many classes there are; a label is an index below it
   * @param sampleIds strictly ascending, from 0
   * @param classes the label of each sample, in the order of {@code sampleIds}
   * @throws IllegalArgumentException if the lengths differ, ids do not ascend or a label is out of
   *     range
   */
  public Labels(int classCount, int[] sampleIds, int[] classes) {
    if (sampleIds.length != classes.length) {
      throw new IllegalArgumentException(
          "%d sample ids for %d labels".formatted(sampleIds.length, classes.length));
    }
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0 || classes[i] >= classCount) {
        throw new IllegalArgumentException(
            "label %d at position %d, with %d classes".formatted(classes[i], i, classCount));
      }
      if (sampleIds[i] < 0 || (i > 0 && sampleIds[i] <= sampleIds[i - 1])) {
        throw new IllegalArgumentException("sample ids do not ascend at position " + i);
      }
    }
    this.classCount = classCount;
    this.sampleIds = sampleIds.clone();
    this.classes = classes.clone();
  }

  /** Labels of samples whose ids are their positions. */
  public static Labels of(int classCount, int... classes) {
    return new Labels(classCount, IntStream.range(0, classes.length).toArray(), classes);
  }

  /** How many samples there are. */
  public int size() {
    return classes.length;
  }

  /** How many classes there are. */
  public int classCount() {
    return classCount;
  }

  /** The stable id of the sample at a position. */
  public int sampleId(int position) {
    return sampleIds[position];
  }

  /** The label of the sample at a position. */
  public int label(int position) {
    return classes[position];
  }

  /** The positions labelled with a class, ascending. */
  public int[] positionsOf(int label) {
    return IntStream.range(0, classes.length).filter(i -> classes[i] == label).toArray();
  }

  /** Where the sample of an id stands; empty if there is none. */
  public OptionalInt positionOf(int sampleId) {
    int position = Arrays.binarySearch(sampleIds, sampleId);
    return position < 0 ? OptionalInt.empty() : OptionalInt.of(position);
  }

  /** How many samples have a label of which the condition holds. */
  int countOf(IntPredicate condition) {
    return (int) Arrays.stream(classes).filter(condition).count();
  }

  /**
   * The flips, by position, that give every sample the label {@code change.applyAsInt(id, label)};
   * those that keep theirs have none.
   */
  List<LabelFlip> flips(IntBinaryOperator change) {
    List<LabelFlip> flips = new ArrayList<>();
    for (int i = 0; i < classes.length; i++) {
      int to = change.applyAsInt(sampleIds[i], classes[i]);
      if (to != classes[i]) {
        flips.add(new LabelFlip(i, sampleIds[i], classes[i], to));
      }
    }
    return flips;
  }

  /** A copy of the labels in the order of their samples. */
  public int[] toArray() {
    return classes.clone();
  }

  /** The same samples with other labels, one for each. */
  Labels relabelled(int[] newClasses) {
    return new Labels(classCount, sampleIds, newClasses);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels that
        && classCount == that.classCount
        && Arrays.equals(sampleIds, that.sampleIds)
        && Arrays.equals(classes, that.classes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(sampleIds) + Arrays.hashCode(classes);
  }

  @Override
  public String toString() {
    return "Labels[" + classes.length + " samples, " + classCount + " classes]";
  }
}
