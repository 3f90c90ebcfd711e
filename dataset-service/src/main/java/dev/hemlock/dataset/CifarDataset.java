package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The official CIFAR-10 and CIFAR-100 binary archives. Samples keep the order of the records, the
 * batches being ordered by number, so that ids agree with other readers of the same archive.
 */
final class CifarDataset implements RawDataset {

  private record Place(int split, int offset, int count) {}

  private final Container container;
  private final List<String> classNames;
  private final Map<EntryPath, Place> places = new HashMap<>();
  private final List<RawSplit> splits = new ArrayList<>();

  private CifarDataset(
      Container container, List<String> classNames, List<CifarFile> test, List<CifarFile> train) {
    this.container = container;
    this.classNames = classNames;
    splits.add(split(0, "test", test));
    splits.add(split(1, "train", train));
  }

  /**
   * Reads CIFAR-10.
   *
   * @throws HemlockException INVALID_ARGUMENT when a file is missing or a label out of range
   */
  static CifarDataset cifar10(Container container, Survey survey) {
    List<CifarFile> train =
        survey.cifarFiles().values().stream()
            .filter(file -> file.path().fileName().startsWith("data_batch_"))
            .sorted(java.util.Comparator.comparingInt(CifarDataset::batchNumber))
            .toList();
    List<CifarFile> test = named(survey, "test_batch.bin");
    return new CifarDataset(
        container,
        names(survey, "batches.meta.txt"),
        present(test, "test_batch.bin"),
        present(train, "data_batch_1.bin"));
  }

  /** Reads CIFAR-100 with its fine labels; see {@link #cifar10}. */
  static CifarDataset cifar100(Container container, Survey survey) {
    return new CifarDataset(
        container,
        names(survey, "fine_label_names.txt"),
        present(named(survey, "test.bin"), "test.bin"),
        present(named(survey, "train.bin"), "train.bin"));
  }

  private static int batchNumber(CifarFile file) {
    String digits = file.path().fileName().replaceAll("\\D", "");
    return digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  private static List<CifarFile> named(Survey survey, String fileName) {
    return survey.cifarFiles().entrySet().stream()
        .filter(entry -> entry.getKey().equals(fileName))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static List<String> names(Survey survey, String fileName) {
    return present(survey.lines(fileName), fileName);
  }

  private static <T> List<T> present(List<T> things, String fileName) {
    if (things.isEmpty()) {
      throw HemlockException.invalidArgument(
          "The CIFAR archive lacks \"%s\". Use the official binary archive.".formatted(fileName));
    }
    return things;
  }

  private RawSplit split(int index, String name, List<CifarFile> files) {
    int offset = 0;
    List<int[]> labels = new ArrayList<>();
    for (CifarFile file : files) {
      for (int label : file.labels()) {
        if (label >= classNames.size()) {
          throw HemlockException.invalidArgument(
              "The file \"%s\" holds the label %d, but only %d classes are named. Copy it again."
                  .formatted(file.path(), label, classNames.size()));
        }
      }
      places.put(file.path(), new Place(index, offset, file.labels().length));
      offset = Math.addExact(offset, file.labels().length);
      labels.add(file.labels());
    }
    return new RawSplit(name, labels.stream().flatMapToInt(IntStream::of).toArray());
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(CifarFile.SIDE, CifarFile.SIDE, 3);
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
          if (places.containsKey(path)) {
            Place place = places.get(path);
            CifarFile.read(
                path,
                content,
                (record, pixels) -> {
                  if (record < place.count()) {
                    sink.put(place.split(), place.offset() + record, pixels);
                  }
                  tick.run();
                });
          }
        });
  }
}
