package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.common.work.CountingStore;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The use cases over an object store in memory. */
final class Workbench {
  static final String TENANT = "default";

  final InMemoryObjectStore store = new InMemoryObjectStore();
  final CountingStore counting = new CountingStore(store);
  final RecordingPublisher events = new RecordingPublisher();
  final Path directory;
  final BlobStore blobs;
  final SnapshotDocuments documents;
  final Imports imports;
  final Snapshots snapshots;
  final SampleImages images;

  Workbench(Path directory, Map<String, String> settings) {
    this.directory = directory;
    DatasetConfig config = config(directory, settings);
    blobs = new BlobStore(counting, directory.resolve("cache"));
    documents = new SnapshotDocuments(counting, events);
    imports = new Imports(config, new ImportSources(config), blobs, documents);
    snapshots = new Snapshots(documents, blobs);
    images = new SampleImages(documents, blobs);
  }

  Workbench(Path directory) {
    this(directory, Map.of());
  }

  static DatasetConfig config(Path directory, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("hemlock.dataset.temp-dir", directory.resolve("tmp").toString());
    return new SmallRyeConfigBuilder()
        .withMapping(DatasetConfig.class)
        .withDefaultValues(all)
        .build()
        .getConfigMapping(DatasetConfig.class);
  }

  static ImportOptions options() {
    return new ImportOptions(
        Optional.empty(), Optional.empty(), SplitPolicy.DEFAULT, Optional.empty(), "{}");
  }

  static ImportOptions resized(int height, int width, Resize.Mode mode) {
    return new ImportOptions(
        Optional.empty(),
        Optional.of(new Resize(height, width, mode)),
        SplitPolicy.DEFAULT,
        Optional.empty(),
        "{}");
  }

  NamedSnapshot upload(byte[] bytes) {
    return upload(bytes, options());
  }

  NamedSnapshot upload(byte[] bytes, ImportOptions options) {
    return upload(TENANT, bytes, options);
  }

  NamedSnapshot upload(String tenant, byte[] bytes, ImportOptions options) {
    List<ByteString> chunks = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += 1000) {
      chunks.add(ByteString.copyFrom(bytes, at, Math.min(1000, bytes.length - at)));
    }
    return imports.upload(tenant, "upload", chunks.iterator(), options, (images, read) -> {});
  }

  Samples samples(NamedSnapshot named, String split) {
    return new Samples(blobs, TENANT, named.snapshot(), named.snapshot().split(split));
  }

  int[] labels(NamedSnapshot named, String split) {
    return LabelBlob.decode(blobs.get(TENANT, named.snapshot().split(split).labels()));
  }

  byte[] export(NamedSnapshot named) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      images.export(TENANT, named.name(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Keys in the store and files in the temporary directory: what a failed import must not add. */
  List<String> residue() {
    try (Stream<Path> files =
        Files.exists(directory.resolve("tmp"))
            ? Files.list(directory.resolve("tmp"))
            : Stream.empty()) {
      return Stream.concat(
              store.list("").stream().map(StoredObject::key), files.map(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
