package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.dataset.Survey.ImageFile;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How the folders of an image archive are read: {@code train|test/{class}/{file}} or {@code
 * {class}/{file}}, either of them also under one top-level folder.
 *
 * @param skipped leading parts that mean nothing, 0 or 1
 * @param hasSplit whether the next part names the split
 */
record FolderLayout(int skipped, boolean hasSplit) {

  private static final Set<String> SPLITS = Set.of("train", "test");
  private static final String EXPECTED =
      "Arrange the images as train/{class}/{file} and test/{class}/{file}, or as {class}/{file}.";

  /**
   * Recognises the layout.
   *
   * @throws HemlockException INVALID_ARGUMENT naming the first image that fits none
   */
  static FolderLayout of(List<ImageFile> images) {
    Set<String> tops =
        images.stream().map(image -> part(image, 0)).collect(Collectors.toCollection(TreeSet::new));
    int deepest = images.stream().mapToInt(image -> image.path().parts().size()).max().orElse(0);
    boolean wrapped = tops.size() == 1 && deepest >= 3 && !SPLITS.containsAll(tops);
    int skipped = wrapped ? 1 : 0;
    Set<String> folders =
        images.stream()
            .map(image -> part(image, skipped))
            .collect(Collectors.toCollection(TreeSet::new));
    boolean hasSplit =
        deepest == skipped + 3 || (deepest > skipped + 3 && SPLITS.containsAll(folders));
    if (hasSplit && !SPLITS.containsAll(folders)) {
      throw HemlockException.invalidArgument(
          "The images lie in the splits %s; only train and test can be imported. %s"
              .formatted(shortened(folders), EXPECTED));
    }
    if (hasSplit && !folders.contains("train")) {
      throw HemlockException.invalidArgument(
          "The data set has a split \"test\" but none named \"train\". " + EXPECTED);
    }
    int depth = skipped + (hasSplit ? 3 : 2);
    for (ImageFile image : images) {
      if (image.path().parts().size() != depth) {
        throw HemlockException.invalidArgument(
            "The image \"%s\" does not lie where the others do. %s"
                .formatted(image.path(), EXPECTED));
      }
    }
    return new FolderLayout(skipped, hasSplit);
  }

  /** The split an image belongs to; {@code train} where nothing says so. */
  String split(EntryPath path) {
    return hasSplit ? path.parts().get(skipped) : "train";
  }

  /** The class an image belongs to. */
  String className(EntryPath path) {
    return path.parts().get(skipped + (hasSplit ? 1 : 0));
  }

  /** Whether a file lies where images are expected. */
  boolean holds(EntryPath path) {
    return path.parts().size() == skipped + (hasSplit ? 3 : 2);
  }

  private static String part(ImageFile image, int index) {
    List<String> parts = image.path().parts();
    return index < parts.size() - 1 ? parts.get(index) : "";
  }

  private static String shortened(Set<String> names) {
    String some = names.stream().limit(5).collect(Collectors.joining(", "));
    return EntryPath.quoted(names.size() > 5 ? some + ", …" : some);
  }
}
