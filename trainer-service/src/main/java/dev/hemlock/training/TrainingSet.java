package dev.hemlock.training;

import dev.hemlock.common.images.ImageShards;
import java.util.List;

/**
 * The samples of one split.
 *
 * @param images all stored images, also those of samples outside the split
 * @param ids the samples' stable ids, ascending; a sample's image is stored at its id
 * @param labels class indexes, one a sample
 * @param classNames by class index
 */
record TrainingSet(ImageShards images, int[] ids, int[] labels, List<String> classNames) {
  TrainingSet {
    if (ids.length != labels.length) {
      throw new IllegalArgumentException(
          "%d samples have %d labels".formatted(ids.length, labels.length));
    }
    classNames = List.copyOf(classNames);
  }

  /** How many samples. */
  int size() {
    return ids.length;
  }
}
