package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a snapshot holds; its name follows from it.
 *
 * @param shape the shape of every image
 * @param classNames the classes; a label is an index into this list
 * @param splits ordered by name
 */
record Snapshot(ImageShape shape, List<String> classNames, List<Split> splits) {

  Snapshot {
    classNames = List.copyOf(classNames);
    splits = List.copyOf(splits);
  }

  /**
   * A split by its name; the empty name means {@code train}.
   *
   * @throws HemlockException NOT_FOUND
   */
  Split split(String name) {
    String wanted = name.isEmpty() ? "train" : name;
    return splits.stream()
        .filter(split -> split.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                HemlockException.notFound(
                        "The snapshot has no split \"%s\"; it has %s."
                            .formatted(
                                EntryPath.quoted(wanted),
                                splits.stream().map(Split::name).collect(Collectors.joining(", "))))
                    .with("split", wanted));
  }

  /** The same snapshot with one split replaced by another of its name. */
  Snapshot with(Split changed) {
    return new Snapshot(
        shape,
        classNames,
        splits.stream()
            .map(split -> split.name().equals(changed.name()) ? changed : split)
            .toList());
  }
}
