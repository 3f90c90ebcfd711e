package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.dataset.RawDataset.RawSplit;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns sources into snapshots. A source is spooled, surveyed and decoded on the local disk; only
 * when all of it is known to be good is anything stored, the manifest last. Whatever happens, the
 * temporary files go.
 */
@Singleton
public class Imports {

  private static final Logger log = LoggerFactory.getLogger(Imports.class);
  private static final int MAX_SIDE = 4096;

  /** Learns how far an import is. */
  @FunctionalInterface
  interface Progress {

    /** Called often, always from the importing thread; may throw to stop the import. */
    void at(int imagesDecoded, long bytesRead);
  }

  private final ImportSources sources;
  private final BlobStore blobs;
  private final SnapshotDocuments documents;
  private final Limits limits;
  private final StorageQuota quota;
  private final Optional<Path> tempDir;
  private final Semaphore slots;

  Imports(
      DatasetConfig config, ImportSources sources, BlobStore blobs, SnapshotDocuments documents) {
    this.sources = sources;
    this.blobs = blobs;
    this.documents = documents;
    this.limits = config.toLimits();
    this.quota = new StorageQuota(config.quota().storedBytes(), blobs);
    this.tempDir = config.tempDir();
    this.slots = new Semaphore(config.concurrentImports(), true);
  }

  /** Imports an upload; see {@link ImportSources#upload}. */
  NamedSnapshot upload(
      String tenant,
      String fileName,
      Iterator<ByteString> chunks,
      ImportOptions options,
      Progress progress) {
    return inDirectory(
        directory ->
            container(
                tenant,
                sources.upload(fileName, chunks, directory, bytes -> progress.at(0, bytes)),
                options,
                directory,
                progress));
  }

  /** Imports a file or directory under the import root; see {@link ImportSources#path}. */
  NamedSnapshot path(String tenant, String path, ImportOptions options, Progress progress) {
    return inDirectory(
        directory ->
            container(
                tenant,
                sources.path(path, bytes -> progress.at(0, bytes)),
                options,
                directory,
                progress));
  }

  /** Imports the bundled digits. */
  NamedSnapshot digits(String tenant, ImportOptions options, Progress progress) {
    DigitsDataset digits = DigitsDataset.load();
    requireDigest(options, digits.digest());
    return inDirectory(
        directory ->
            store(
                tenant,
                new StratifiedDataset(digits, options.split()),
                origin(options, "bundled:digits", digits.digest()),
                directory,
                images -> progress.at(images, digits.size())));
  }

  private NamedSnapshot container(
      String tenant,
      ImportSource source,
      ImportOptions options,
      Path directory,
      Progress progress) {
    requireDigest(options, source.digest());
    awaitSlot(() -> progress.at(0, source.size()));
    try {
      return decode(tenant, source, options, directory, progress);
    } finally {
      slots.release();
    }
  }

  /** Uploads come in side by side, however slow; only what costs memory and processors waits. */
  private void awaitSlot(Runnable tick) {
    try {
      while (!slots.tryAcquire(200, TimeUnit.MILLISECONDS)) {
        tick.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HemlockException.cancelled("The import was stopped because the server shuts down");
    }
  }

  private NamedSnapshot decode(
      String tenant,
      ImportSource source,
      ImportOptions options,
      Path directory,
      Progress progress) {
    Container container = Container.open(source.path(), limits);
    Survey survey = Survey.of(container, limits, () -> progress.at(0, source.size()));
    RawDataset dataset = Format.read(container, survey, options.format(), options.resize(), limits);
    if (dataset.splits().size() == 1) {
      ClassNames.check(dataset.classNames(), dataset.splits());
      dataset = new StratifiedDataset(dataset, options.split());
    }
    return store(
        tenant,
        dataset,
        origin(options, source.label(), source.digest()),
        directory,
        images -> progress.at(images, source.size()));
  }

  private NamedSnapshot store(
      String tenant, RawDataset dataset, Origin origin, Path directory, IntConsumer progress) {
    ImageShape shape = dataset.shape();
    requireWithin(shape, dataset.splits());
    ClassNames.check(dataset.classNames(), dataset.splits());
    int[] counts = dataset.splits().stream().mapToInt(split -> split.labels().length).toArray();
    try (Scratch scratch = new Scratch(directory, shape, counts)) {
      dataset.readPixels(scratch, () -> progress.accept(scratch.images()));
      scratch.requireComplete();
      quota.require(tenant, scratch.bytes(), () -> scratch.bytes(file -> isStored(tenant, file)));
      List<List<Digest>> shards =
          storeShards(tenant, scratch, counts.length, () -> progress.accept(scratch.images()));
      List<Split> splits = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        RawSplit split = dataset.splits().get(i);
        Digest labels = blobs.put(tenant, LabelBlob.encode(split.labels()));
        splits.add(
            new Split(
                split.name(),
                counts[i],
                counts[i],
                shards.get(i),
                shape.imagesPerShard(),
                labels,
                Optional.empty()));
      }
      splits.sort(Comparator.comparing(Split::name));
      NamedSnapshot named =
          documents.create(tenant, new Snapshot(shape, dataset.classNames(), splits), origin);
      log.atInfo()
          .addKeyValue("snapshot", named.name())
          .addKeyValue("source", origin.source())
          .addKeyValue("images", scratch.images())
          .log("data set imported");
      return named;
    }
  }

  private boolean isStored(String tenant, Path file) {
    return blobs.exists(tenant, Digest.of(file));
  }

  private List<List<Digest>> storeShards(
      String tenant, Scratch scratch, int splits, Runnable tick) {
    try (Uploads uploads = new Uploads(Runtime.getRuntime().availableProcessors())) {
      List<List<Future<Digest>>> started = new ArrayList<>();
      for (int i = 0; i < splits; i++) {
        int split = i;
        started.add(
            IntStream.range(0, scratch.shards(split))
                .mapToObj(
                    number ->
                        uploads.start(
                            () -> scratch.shard(split, number, file -> blobs.put(tenant, file))))
                .toList());
      }
      return started.stream()
          .map(shards -> shards.stream().map(shard -> uploads.await(shard, tick)).toList())
          .toList();
    }
  }

  private void requireWithin(ImageShape shape, List<RawSplit> splits) {
    if (shape.height() > MAX_SIDE || shape.width() > MAX_SIDE) {
      throw HemlockException.invalidArgument(
          "Images of %d x %d pixels can't be kept: a side has at most %d. Ask for a resize."
              .formatted(shape.width(), shape.height(), MAX_SIDE));
    }
    long images = splits.stream().mapToLong(split -> split.labels().length).sum();
    if (images * shape.stride() > limits.decodedBytes()) {
      throw HemlockException.resourceExhausted(
          ("%d images of %d bytes decode to more than %d bytes. Import less at a time, resize, or"
                  + " raise hemlock.dataset.limits.decoded-bytes.")
              .formatted(images, shape.stride(), limits.decodedBytes()));
    }
  }

  private static Origin origin(ImportOptions options, String source, Digest digest) {
    return new Origin("", "import", options.json(), source, digest.toString());
  }

  private static void requireDigest(ImportOptions options, Digest actual) {
    if (options.expectedDigest().isPresent() && !options.expectedDigest().get().equals(actual)) {
      throw HemlockException.invalidArgument(
              "The source has SHA-256 %s, not the expected %s. Get it again."
                  .formatted(actual.hex(), options.expectedDigest().get().hex()))
          .violating("spec.expected_sha256", "must be the digest of the source")
          .with("actual", actual.hex());
    }
  }

  /** Work that needs a temporary directory. */
  @FunctionalInterface
  private interface InDirectory {
    NamedSnapshot run(Path directory);
  }

  private NamedSnapshot inDirectory(InDirectory work) {
    Path directory = temporary();
    try {
      return work.run(directory);
    } finally {
      delete(directory);
    }
  }

  private Path temporary() {
    try {
      if (tempDir.isPresent()) {
        return Files.createTempDirectory(Files.createDirectories(tempDir.get()), "hemlock-import-");
      }
      return Files.createTempDirectory("hemlock-import-");
    } catch (IOException e) {
      throw Scratch.full(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("directory", directory)
          .setCause(e)
          .log("temporary files are left behind");
    }
  }
}
