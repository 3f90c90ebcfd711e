package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.dataset.Survey.ImageFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * JPEG and PNG files in class folders. Classes are ordered by name, samples by file name and then by
 * class, so that the order depends neither on the archive nor on threads, and an exported snapshot,
 * whose files are named by sample id, comes back in its own order. If any image is in colour, the
 * grey ones become colour too.
 */
final class ImageFolderDataset implements RawDataset {

  private static final byte[] NOTHING_READ = {};

  private record Place(int split, int position, ImageHeader header) {}

  private record Sample(ImageFile image, String fileName, String className) {
    Sample(ImageFile image, String className) {
      this(image, image.path().fileName(), className);
    }
  }

  private final Container container;
  private final Limits limits;
  private final Optional<Resize> resize;
  private final ImageShape shape;
  private final List<String> classNames;
  private final List<RawSplit> splits = new ArrayList<>();
  private final Map<EntryPath, Place> places;

  private ImageFolderDataset(
      Container container,
      Limits limits,
      Optional<Resize> resize,
      List<ImageFile> images,
      FolderLayout layout) {
    this.container = container;
    this.limits = limits;
    this.resize = resize;
    this.shape = shape(images, resize);
    TreeSet<String> names =
        images.stream()
            .map(image -> layout.className(image.path()))
            .collect(Collectors.toCollection(TreeSet::new));
    this.classNames = List.copyOf(names);
    Map<String, Integer> index = new HashMap<>();
    classNames.forEach(name -> index.put(name, index.size()));
    this.places = new HashMap<>(images.size() * 2);
    TreeSet<String> splitNames =
        images.stream()
            .map(image -> layout.split(image.path()))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String split : splitNames) {
      List<Sample> sorted =
          images.stream()
              .filter(image -> layout.split(image.path()).equals(split))
              .map(image -> new Sample(image, layout.className(image.path())))
              .sorted(Comparator.comparing(Sample::fileName).thenComparing(Sample::className))
              .toList();
      int[] labels = new int[sorted.size()];
      for (int i = 0; i < labels.length; i++) {
        Sample sample = sorted.get(i);
        labels[i] = index.get(sample.className());
        places.put(sample.image().path(), new Place(splits.size(), i, sample.image().header()));
      }
      splits.add(new RawSplit(split, labels));
    }
  }

  /**
   * Plans the import of the surveyed images.
   *
   * @throws HemlockException INVALID_ARGUMENT for a layout that isn't understood, a file among the
   *     images that is none, or unequal sizes without a resize
   */
  static ImageFolderDataset of(
      Container container, Survey survey, Optional<Resize> resize, Limits limits) {
    FolderLayout layout = FolderLayout.of(survey.images());
    for (EntryPath other : survey.others()) {
      if (layout.holds(other)) {
        throw HemlockException.invalidArgument(
                ("The file \"%s\" lies among the images but is neither JPEG nor PNG, or is"
                        + " truncated. Convert or remove it.")
                    .formatted(other))
            .with("entry", other.toString());
      }
    }
    return new ImageFolderDataset(container, limits, resize, survey.images(), layout);
  }

  private static ImageShape shape(List<ImageFile> images, Optional<Resize> resize) {
    ImageHeader any = images.get(0).header();
    int channels = images.stream().mapToInt(image -> image.header().channels()).max().orElse(1);
    if (resize.isPresent()) {
      return new ImageShape(resize.get().height(), resize.get().width(), channels);
    }
    if (images.stream().anyMatch(image -> !image.header().isAsLargeAs(any))) {
      throw unequal(images);
    }
    return new ImageShape(any.height(), any.width(), channels);
  }

  private static HemlockException unequal(List<ImageFile> images) {
    ImageFile first =
        images.stream().min(Comparator.comparing(image -> image.path().toString())).orElseThrow();
    ImageFile other =
        images.stream()
            .filter(image -> !image.header().isAsLargeAs(first.header()))
            .findFirst()
            .orElseThrow();
    return HemlockException.invalidArgument(
            ("The images have different sizes: \"%s\" is %d x %d, \"%s\" is %d x %d. Give the"
                    + " import a resize (height, width, mode).")
                .formatted(
                    first.path(),
                    first.header().width(),
                    first.header().height(),
                    other.path(),
                    other.header().width(),
                    other.header().height()))
        .violating("spec.resize", "must be set for images of different sizes");
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public List<RawSplit> splits() {
    return splits;
  }

  @Override
  public void readPixels(PixelSink sink, Runnable tick) {
    try (DecodePool pool = new DecodePool(Runtime.getRuntime().availableProcessors())) {
      container.visit(
          (path, content) -> {
            Place place = places.get(path);
            if (place != null) {
              byte[] file = Survey.bytes(path, NOTHING_READ, content, limits);
              pool.submit(path, place.header(), file, pixels -> put(path, place, pixels, sink));
              tick.run();
            }
          });
      pool.finish();
    }
    tick.run();
  }

  private void put(EntryPath path, Place place, Pixels pixels, PixelSink sink) {
    if (pixels.height() != place.header().height() || pixels.width() != place.header().width()) {
      throw HemlockException.invalidArgument(
          "The image \"%s\" changed while it was read. Import it again.".formatted(path));
    }
    Pixels sized = resize.map(r -> r.apply(pixels)).orElse(pixels);
    sink.put(place.split(), place.position(), sized.promotedTo(shape.channels()).bytes());
  }
}
