package dev.hemlock.training;

import dev.hemlock.common.images.ImageShards;
import dev.hemlock.common.torch.TorchTraining;
import java.nio.ByteBuffer;
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

  /**
   * Puts all images where a training computes, by the samples' positions in this set.
   *
   * @param most images that are copied at a time
   */
  void keepIn(TorchTraining training, int most) {
    byte[] image = new byte[images.stride()];
    ByteBuffer pixels = ByteBuffer.allocateDirect(Math.min(most, size()) * image.length);
    training.keepImages(size());
    for (int from = 0; from < size(); from += most) {
      int count = Math.min(most, size() - from);
      pixels.clear();
      for (int i = from; i < from + count; i++) {
        images.copy(ids[i], image, 0);
        pixels.put(image);
      }
      training.putImages(from, pixels, count);
    }
  }
}
