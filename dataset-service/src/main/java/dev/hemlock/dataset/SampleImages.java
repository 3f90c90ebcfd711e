package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.BlobStore;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Shows the images of snapshots: some as PNG, or all as an archive. */
@Singleton
public class SampleImages {

  private static final int DEFAULT_LIMIT = 16;
  private static final int MIN_DIGITS = 5;

  private final SnapshotDocuments documents;
  private final BlobStore blobs;

  SampleImages(SnapshotDocuments documents, BlobStore blobs) {
    this.documents = documents;
    this.blobs = blobs;
  }

  /** One image as PNG. */
  record Sample(int id, String className, byte[] png) {}

  /**
   * Which samples to show.
   *
   * @param split empty means {@code train}
   * @param className only samples labelled so; empty means any
   * @param ids exactly these; empty means the first {@code limit}
   * @param limit 0 means 16
   */
  record Choice(String split, String className, List<Integer> ids, int limit) {}

  /**
   * Shows samples.
   *
   * @throws HemlockException NOT_FOUND; INVALID_ARGUMENT for an unknown class or id
   */
  void show(String tenant, String name, Choice choice, Consumer<Sample> consumer) {
    Snapshot snapshot = documents.read(tenant, name).snapshot();
    Samples samples = new Samples(blobs, tenant, snapshot, snapshot.split(choice.split()));
    for (int index : indexes(snapshot, samples, choice)) {
      int id = samples.ids()[index];
      consumer.accept(
          new Sample(
              id,
              snapshot.classNames().get(samples.labels()[index]),
              PngWriter.write(samples.image(id))));
    }
  }

  private static int[] indexes(Snapshot snapshot, Samples samples, Choice choice) {
    int label = snapshot.classNames().indexOf(choice.className());
    if (!choice.className().isEmpty() && label < 0) {
      throw HemlockException.invalidArgument(
              "There is no class \"%s\"; the classes are %s."
                  .formatted(EntryPath.quoted(choice.className()), some(snapshot.classNames())))
          .violating("class_name", "must be a class of the snapshot");
    }
    if (choice.ids().isEmpty()) {
      return IntStream.range(0, samples.ids().length)
          .filter(i -> label < 0 || samples.labels()[i] == label)
          .limit(choice.limit() == 0 ? DEFAULT_LIMIT : choice.limit())
          .toArray();
    }
    if (label >= 0) {
      throw HemlockException.invalidArgument("Give either a class or sample ids, not both.")
          .violating("sample_ids", "must be empty when class_name is set");
    }
    return choice.ids().stream().mapToInt(id -> index(samples, id)).toArray();
  }

  private static int index(Samples samples, int id) {
    int index = samples.indexOf(id);
    if (index < 0) {
      throw HemlockException.invalidArgument("There is no sample %d in this split.".formatted(id))
          .violating("sample_ids", "must be ids of samples in the split")
          .with("sampleId", Integer.toString(id));
    }
    return index;
  }

  private static String some(List<String> names) {
    List<String> first = names.subList(0, Math.min(20, names.size()));
    return String.join(", ", first) + (first.size() < names.size() ? ", …" : "");
  }

  /**
   * Writes a snapshot as tar of {@code {split}/{class}/{id}.png}, the same bytes for the same
   * snapshot. Ids have leading zeros, so that an import finds the samples in the same order: a
   * snapshot without a selection comes back under its own name.
   */
  void export(String tenant, String name, OutputStream out) throws IOException {
    Snapshot snapshot = documents.read(tenant, name).snapshot();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (Split split : snapshot.splits()) {
        Samples samples = new Samples(blobs, tenant, snapshot, split);
        int digits =
            Math.max(MIN_DIGITS, Integer.toString(Math.max(0, split.storedCount() - 1)).length());
        for (int i = 0; i < samples.ids().length; i++) {
          int id = samples.ids()[i];
          byte[] png = PngWriter.write(samples.image(id));
          TarArchiveEntry entry =
              new TarArchiveEntry(
                  "%s/%s/%s.png"
                      .formatted(
                          split.name(),
                          snapshot.classNames().get(samples.labels()[i]),
                          ("%0" + digits + "d").formatted(id)));
          entry.setSize(png.length);
          entry.setModTime(0L);
          entry.setIds(0, 0);
          entry.setNames("", "");
          tar.putArchiveEntry(entry);
          tar.write(png);
          tar.closeArchiveEntry();
        }
      }
    }
  }
}
