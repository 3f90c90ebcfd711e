package dev.hemlock.dataset.validation;

import dev.hemlock.common.images.ImageShape;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One split of a snapshot as the checks see it.
 *
 * @param classNames a label is an index into this list
 * @param ids stable sample ids, ascending
 * @param labels one a sample
 */
@SuppressWarnings("ArrayRecordComponent")
public record CheckedSplit(
    String name, List<String> classNames, int[] ids, int[] labels, Images images) {

  /** The stored images of a split. Threads may read at once. */
  public interface Images {
    /** The shape of every image. */
    ImageShape shape();

    /** Copies the image of a sample id to the start of an array. */
    void copy(int id, byte[] target);

    /** Equal for splits in which equal sample ids mean equal images. */
    Object storage();
  }

  /** The class that a sample is labelled with. */
  String label(int index) {
    return classNames.get(labels[index]);
  }

  /** The classes that have samples. */
  Set<String> usedClasses() {
    return Arrays.stream(labels).distinct().mapToObj(classNames::get).collect(Collectors.toSet());
  }
}
