package dev.hemlock.poison;

import java.util.List;

/**
 * One split of a snapshot with its labels.
 *
 * @param snapshot the snapshot's resource name
 * @param split the split's name
 * @param classNames class names; a label is an index into this list
 * @param labels the labels, by stable sample id
 */
public record LabelledSplit(String snapshot, String split, List<String> classNames, Labels labels) {
  /** Takes a copy of the names. */
  public LabelledSplit {
    classNames = List.copyOf(classNames);
  }

  /** The class of the sample at a position. */
  String className(int position) {
    return classNames.get(labels.label(position));
  }
}
