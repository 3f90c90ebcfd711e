package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.util.Optional;

/** The layout of a source. */
enum Format {
  IMAGE_FOLDER("an image folder"),
  CIFAR10_BINARY("the CIFAR-10 binary archive"),
  CIFAR100_BINARY("the CIFAR-100 binary archive"),
  IDX("IDX files");

  private final String description;

  Format(String description) {
    this.description = description;
  }

  /**
   * Recognises the format from what a container holds and plans its import.
   *
   * @param expected what the caller says it is
   * @throws HemlockException INVALID_ARGUMENT when it is none of them, or not the expected one
   */
  static RawDataset read(
      Container container,
      Survey survey,
      Optional<Format> expected,
      Optional<Resize> resize,
      Limits limits) {
    Format format = of(survey);
    if (expected.isPresent() && expected.get() != format) {
      throw HemlockException.invalidArgument(
              "The source holds %s, not %s. Correct the format or leave it out."
                  .formatted(format.description, expected.get().description))
          .violating("spec.format", "must fit the source");
    }
    return switch (format) {
      case IMAGE_FOLDER -> ImageFolderDataset.of(container, survey, resize, limits);
      case CIFAR10_BINARY -> CifarDataset.cifar10(container, survey);
      case CIFAR100_BINARY -> CifarDataset.cifar100(container, survey);
      case IDX -> IdxDataset.of(container, survey, limits);
    };
  }

  private static Format of(Survey survey) {
    if (!survey.images().isEmpty()) {
      return IMAGE_FOLDER;
    }
    if (!survey.cifarFiles().isEmpty()) {
      boolean cifar10 = survey.cifarFiles().keySet().stream().anyMatch(CifarFile::isCifar10);
      return cifar10 ? CIFAR10_BINARY : CIFAR100_BINARY;
    }
    if (!survey.idxFiles().isEmpty()) {
      return IDX;
    }
    String found =
        survey.others().isEmpty() ? "no files" : "files like \"" + survey.others().get(0) + "\"";
    throw HemlockException.invalidArgument(
        ("The source holds %s. Bring JPEG or PNG images in train/{class} and test/{class} folders,"
                + " a CIFAR binary archive, or IDX files.")
            .formatted(found));
  }
}
