package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.dataset.RawDataset.RawSplit;
import java.util.HashSet;
import java.util.List;

/** What must hold of the classes of every data set. */
final class ClassNames {

  private static final int MAX_LENGTH = 255;

  private ClassNames() {}

  /**
   * Checks number and names of the classes and that every split has samples of every class.
   *
   * @throws HemlockException INVALID_ARGUMENT
   */
  static void check(List<String> names, List<RawSplit> splits) {
    if (names.size() < 2 || names.size() > LabelBlob.MAX_LABEL + 1) {
      throw HemlockException.invalidArgument(
          "The data set has %d classes; it needs 2 to %d, each with images of its own."
              .formatted(names.size(), LabelBlob.MAX_LABEL + 1));
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw HemlockException.invalidArgument("Two classes have the same name; rename one.");
    }
    for (String name : names) {
      if (name.isBlank()
          || name.length() > MAX_LENGTH
          || name.startsWith(".")
          || name.matches(".*[/\\\\\\p{Cntrl}].*")) {
        throw HemlockException.invalidArgument(
            ("The class name \"%s\" can't be used. Use up to 255 characters without slashes and"
                    + " control characters, not starting with a dot.")
                .formatted(EntryPath.quoted(name)));
      }
    }
    for (RawSplit split : splits) {
      int[] counts = counts(split.labels(), names.size());
      for (int c = 0; c < counts.length; c++) {
        if (counts[c] == 0) {
          throw HemlockException.invalidArgument(
                  ("The class \"%s\" has no images in the split \"%s\". Add some, or remove the"
                          + " class from the other split too.")
                      .formatted(names.get(c), split.name()))
              .with("class", names.get(c))
              .with("split", split.name());
        }
      }
    }
  }

  /** Samples by class. */
  static int[] counts(int[] labels, int classes) {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }
}
