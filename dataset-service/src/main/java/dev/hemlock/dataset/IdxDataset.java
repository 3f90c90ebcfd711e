package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The MNIST family. Samples keep the order of the files. The classes are the labels that occur,
 * named by their number, with leading zeros where numbers have more than one digit, so that names
 * sort as numbers do.
 */
final class IdxDataset implements RawDataset {

  private final Container container;
  private final Limits limits;
  private final List<IdxFile> images;
  private final ImageShape shape;
  private final List<String> classNames;
  private final List<RawSplit> splits;

  private IdxDataset(
      Container container,
      Limits limits,
      List<String> names,
      List<IdxFile> images,
      List<IdxFile> labels) {
    this.container = container;
    this.limits = limits;
    this.images = images;
    IdxFile first = images.get(0);
    this.shape = new ImageShape(first.height(), first.width(), 1);
    TreeSet<Integer> values = new TreeSet<>();
    labels.forEach(file -> IntStream.of(file.labels()).forEach(values::add));
    int digits = values.isEmpty() ? 1 : Integer.toString(values.last()).length();
    this.classNames = values.stream().map(value -> ("%0" + digits + "d").formatted(value)).toList();
    List<Integer> order = List.copyOf(values);
    Map<Integer, Integer> index =
        IntStream.range(0, order.size())
            .boxed()
            .collect(java.util.stream.Collectors.toMap(order::get, i -> i));
    this.splits =
        IntStream.range(0, labels.size())
            .mapToObj(
                i ->
                    new RawSplit(
                        names.get(i),
                        IntStream.of(labels.get(i).labels()).map(index::get).toArray()))
            .toList();
  }

  /**
   * Pairs image files with label files.
   *
   * @throws HemlockException INVALID_ARGUMENT when a file is missing or two don't fit each other
   */
  static IdxDataset of(Container container, Survey survey, Limits limits) {
    List<IdxFile> files = List.copyOf(survey.idxFiles().values());
    boolean hasTest = files.stream().anyMatch(file -> file.split().equals("test"));
    List<String> names = hasTest ? List.of("test", "train") : List.of("train");
    List<IdxFile> images = names.stream().map(name -> only(files, name, true)).toList();
    List<IdxFile> labels = names.stream().map(name -> only(files, name, false)).toList();
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i).count() != labels.get(i).count()) {
        throw HemlockException.invalidArgument(
            "\"%s\" holds %d images but \"%s\" %d labels. Bring files that belong together."
                .formatted(
                    images.get(i).path(),
                    images.get(i).count(),
                    labels.get(i).path(),
                    labels.get(i).count()));
      }
      if (images.get(i).height() != images.get(0).height()
          || images.get(i).width() != images.get(0).width()) {
        throw HemlockException.invalidArgument(
            "\"%s\" and \"%s\" hold images of different sizes. Bring files that belong together."
                .formatted(images.get(0).path(), images.get(i).path()));
      }
    }
    return new IdxDataset(container, limits, names, images, labels);
  }

  private static IdxFile only(List<IdxFile> files, String split, boolean images) {
    List<IdxFile> matching =
        files.stream()
            .filter(file -> file.split().equals(split) && file.isImages() == images)
            .toList();
    if (matching.size() != 1) {
      throw HemlockException.invalidArgument(
          ("There are %d IDX files of %s %s; there must be one, named like"
                  + " \"%s-%s-ubyte\" or \"%s-%s-ubyte.gz\".")
              .formatted(
                  matching.size(),
                  split,
                  images ? "images" : "labels",
                  split.equals("train") ? "train" : "t10k",
                  images ? "images-idx3" : "labels-idx1",
                  split.equals("train") ? "train" : "t10k",
                  images ? "images-idx3" : "labels-idx1"));
    }
    return matching.get(0);
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
    container.visit(
        (path, content) -> {
          for (int split = 0; split < images.size(); split++) {
            if (images.get(split).path().equals(path)) {
              int index = split;
              images
                  .get(split)
                  .read(
                      content,
                      limits,
                      (record, pixels) -> {
                        sink.put(index, record, pixels);
                        tick.run();
                      });
            }
          }
        });
  }
}
