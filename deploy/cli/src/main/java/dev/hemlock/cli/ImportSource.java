package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.BundledDataset;
import dev.hemlock.proto.dataset.v1.ImportFormat;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.Resize;
import dev.hemlock.proto.dataset.v1.ResizeMode;
import dev.hemlock.proto.dataset.v1.SplitPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What to import, as options of a command. */
final class ImportSource {
  /** Published with the archive by its authors: Krizhevsky, CIFAR-10 binary version. */
  static final String CIFAR10_SHA256 =
      "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";

  private static final Pattern RESIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})(?::(\\w+))?");

  /** Exactly one of these says where the images come from. */
  static final class Place {
    @Option(
        names = "--archive",
        paramLabel = "FILE",
        description =
            "Archive to upload: an image folder (tar, tar.gz or zip of train|test/CLASS/FILE), the"
                + " official CIFAR-10 or CIFAR-100 binary archive, or MNIST-family IDX files.")
    private Optional<Path> archive = Optional.empty();

    @Option(
        names = "--cifar10",
        paramLabel = "FILE",
        arity = "0..1",
        fallbackValue = "",
        description =
            "The official CIFAR-10 binary archive; without FILE it is downloaded. Its published"
                + " checksum is checked.")
    private Optional<String> cifar10 = Optional.empty();

    @Option(names = "--digits", description = "The handwritten digits that ship with Hemlock.")
    private boolean digits;

    @Option(
        names = "--server-path",
        paramLabel = "PATH",
        description = "A path under the server's import root.")
    private Optional<String> serverPath = Optional.empty();
  }

  @ArgGroup(multiplicity = "1")
  private Place place;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "image_folder, cifar10_binary, cifar100_binary or idx (default: recognised).")
  private Optional<String> format = Optional.empty();

  @Option(
      names = "--resize",
      paramLabel = "HxW[:MODE]",
      description =
          "Bring images to one size; MODE is crop (default), pad or stretch. Without it images of"
              + " unequal size are refused.")
  private Optional<String> resize = Optional.empty();

  @Option(
      names = "--test-share",
      paramLabel = "SHARE",
      description =
          "Share of each class for the test split where the data has none (default: 0.2).")
  private Optional<Double> testShare = Optional.empty();

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      defaultValue = "0",
      converter = SeedConverter.class,
      description = "Seed of that split (default: 0).")
  private int splitSeed;

  /**
   * An import to ask for.
   *
   * @param upload the local file whose bytes follow the spec, if any
   */
  record Resolved(ImportSpec spec, Optional<Path> upload) {}

  /** The bundled digits with every default. */
  static Resolved bundledDigits() {
    return new Resolved(
        ImportSpec.newBuilder().setBundled(BundledDataset.BUNDLED_DATASET_DIGITS).build(),
        Optional.empty());
  }

  /** Turns the options into an import; downloads what has to be downloaded. */
  Resolved resolve(Path downloads, Progress progress) {
    ImportSpec.Builder spec = ImportSpec.newBuilder();
    format.ifPresent(name -> spec.setFormat(format(name)));
    resize.ifPresent(value -> spec.setResize(resize(value)));
    testShare.ifPresent(
        share -> spec.setSplit(SplitPolicy.newBuilder().setTestShare(share).setSeed(splitSeed)));
    if (place.digits) {
      return new Resolved(
          spec.setBundled(BundledDataset.BUNDLED_DATASET_DIGITS).build(), Optional.empty());
    }
    if (place.serverPath.isPresent()) {
      return new Resolved(spec.setPath(place.serverPath.get()).build(), Optional.empty());
    }
    Path file =
        place.archive.orElseGet(
            () -> {
              spec.setFormat(ImportFormat.IMPORT_FORMAT_CIFAR10_BINARY);
              spec.setExpectedSha256(CIFAR10_SHA256);
              String given = place.cifar10.orElseThrow();
              return given.isEmpty() ? Cifar10Download.fetch(downloads, progress) : Path.of(given);
            });
    if (!Files.isRegularFile(file)) {
      throw new CliException("There is no file " + file + "; give the path of an archive.");
    }
    return new Resolved(spec.setUpload(file.getFileName().toString()).build(), Optional.of(file));
  }

  private static ImportFormat format(String name) {
    try {
      return ImportFormat.valueOf("IMPORT_FORMAT_" + name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          "--format must be image_folder, cifar10_binary, cifar100_binary or idx, not " + name, e);
    }
  }

  private static Resize resize(String value) {
    Matcher matcher = RESIZE.matcher(value);
    String mode =
        matcher.matches() && matcher.group(3) != null
            ? matcher.group(3).toUpperCase(Locale.ROOT)
            : "CROP";
    if (!matcher.matches() || !mode.matches("CROP|PAD|STRETCH")) {
      throw new CliException("--resize must look like 32x32 or 32x32:pad, not " + value);
    }
    return Resize.newBuilder()
        .setHeight(Integer.parseInt(matcher.group(1)))
        .setWidth(Integer.parseInt(matcher.group(2)))
        .setMode(ResizeMode.valueOf("RESIZE_MODE_" + mode))
        .build();
  }
}
