package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.ledger.Document;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints below the run's prefix; the manifest, written last, lists the parts' digests. */
final class LedgerCheckpoints implements CheckpointStore {
  private static final Logger log = LoggerFactory.getLogger(LedgerCheckpoints.class);
  private static final String MANIFEST = "manifest";
  private static final int KEPT = 2;

  /** A part becomes a file of its name; no stored name leads out of its folder. */
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private final ObjectStore store;
  private final Ledger ledger;
  private final String name;
  private final int epoch;
  private final Runnable check;

  LedgerCheckpoints(ObjectStore store, Ledger ledger, String name, int epoch, Runnable check) {
    this.store = store;
    this.ledger = ledger;
    this.name = name;
    this.epoch = epoch;
    this.check = check;
  }

  /** Deletes everything that any attempt at a run saved. */
  static void deleteAll(ObjectStore store, Ledger ledger, String name) {
    store.list(ledger.checkpoints(name)).stream().map(StoredObject::key).forEach(store::delete);
  }

  @Override
  public void save(int step, Map<String, Part> parts) {
    check.run();
    WorkMeters.checkpoints(ledger.stage()).record(() -> write(step, parts));
    prune();
  }

  private void write(int step, Map<String, Part> parts) {
    Failpoint.hit(ledger.stage(), "checkpoint.before");
    String directory = ledger.checkpoint(name, epoch, step);
    Document digests = Document.empty();
    for (Map.Entry<String, Part> part : parts.entrySet()) {
      digests = digests.with(part.getKey(), store(directory, part.getKey(), part.getValue()));
    }
    Failpoint.hit(ledger.stage(), "checkpoint.parts");
    store.create(directory + MANIFEST, digests.toJson());
    Failpoint.hit(ledger.stage(), "checkpoint.after");
  }

  private String store(String directory, String part, Part content) {
    if (!PART.matcher(part).matches() || part.equals(MANIFEST)) {
      throw new IllegalArgumentException("Not a name for a part of a checkpoint: " + part);
    }
    boolean stored;
    Digest digest;
    if (content instanceof Part.File file) {
      digest = Digest.of(file.path());
      stored = store.create(directory + part, file.path());
    } else {
      byte[] bytes = ((Part.Bytes) content).bytes();
      digest = Digest.of(bytes);
      stored = store.create(directory + part, bytes);
    }
    if (!stored) {
      throw new IllegalStateException("This attempt saved another " + directory + part + " before");
    }
    return digest.hex();
  }

  /**
   * Deletes all but the newest claims' newest checkpoints, also parts that never got their manifest.
   * What a newer claim is saving stays.
   */
  private void prune() {
    List<String> keys =
        store.list(ledger.checkpoints(name)).stream().map(StoredObject::key).toList();
    List<Saved> kept =
        saved(keys).stream()
            .sorted(Comparator.comparingInt(Saved::epoch).thenComparingInt(Saved::step).reversed())
            .limit(KEPT)
            .toList();
    String newer = ledger.checkpoint(name, epoch + 1, 0);
    keys.stream()
        .filter(key -> key.compareTo(newer) < 0)
        .filter(key -> kept.stream().noneMatch(saved -> key.startsWith(saved.directory())))
        // Manifests first: without them the parts count for nothing.
        .sorted(Comparator.comparing(key -> !key.endsWith("/" + MANIFEST)))
        .forEach(store::delete);
  }

  @Override
  public Optional<Checkpoint> latest() {
    List<Saved> candidates =
        saved(store.list(ledger.checkpoints(name)).stream().map(StoredObject::key).toList());
    candidates.sort(Comparator.comparingInt(Saved::step).thenComparingInt(Saved::epoch).reversed());
    for (Saved candidate : candidates) {
      Optional<Checkpoint> whole = download(candidate);
      if (whole.isPresent()) {
        return whole;
      }
      log.atWarn()
          .addKeyValue("run", name)
          .addKeyValue("checkpoint", candidate.directory())
          .log("checkpoint is damaged; the one before is used");
    }
    return Optional.empty();
  }

  /** The complete checkpoints. */
  private List<Saved> saved(List<String> keys) {
    List<Saved> saved = new ArrayList<>();
    int prefix = ledger.checkpoints(name).length();
    for (String key : keys) {
      String[] path = key.substring(prefix).split("/", -1);
      if (path.length == 3 && path[2].equals(MANIFEST)) {
        saved.add(
            new Saved(
                Integer.parseInt(path[1]),
                Integer.parseInt(path[0]),
                key.substring(0, key.length() - MANIFEST.length())));
      }
    }
    return saved;
  }

  private Optional<Checkpoint> download(Saved saved) {
    LocalCheckpoint local = LocalCheckpoint.create(saved.step());
    try {
      Document digests =
          Document.parse(
              store
                  .read(saved.directory() + MANIFEST)
                  .orElseThrow(() -> HemlockException.notFound("The manifest is gone")));
      for (String part : digests.fields().keySet()) {
        if (!PART.matcher(part).matches()) {
          local.close();
          return Optional.empty();
        }
        local.add(part, store.open(saved.directory() + part));
        if (!Digest.of(local.file(part)).hex().equals(digests.text(part))) {
          local.close();
          return Optional.empty();
        }
      }
      return Optional.of(local);
    } catch (HemlockException e) {
      local.close();
      if (e.retryable()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private record Saved(int step, int epoch, String directory) {}

  private record LocalCheckpoint(int step, Path directory, Map<String, Path> parts)
      implements Checkpoint {
    static LocalCheckpoint create(int step) {
      try {
        return new LocalCheckpoint(
            step, Files.createTempDirectory("hemlock-checkpoint"), new HashMap<>());
      } catch (IOException e) {
        throw noRoom(e);
      }
    }

    /** Nothing is wrong with the run, so it waits. */
    private static HemlockException noRoom(IOException e) {
      return HemlockException.unavailable(
              "Could not keep a checkpoint in the temporary folder (%s); make room there"
                  .formatted(e.getMessage()))
          .because(e);
    }

    void add(String part, InputStream content) {
      Path file = directory.resolve(part);
      parts.put(part, file);
      try (content) {
        Files.copy(content, file);
      } catch (IOException e) {
        throw noRoom(e);
      }
    }

    @Override
    public Path file(String part) {
      Path file = parts.get(part);
      if (file == null) {
        throw HemlockException.notFound("The checkpoint has no part " + part);
      }
      return file;
    }

    @Override
    public byte[] bytes(String part) {
      try {
        return Files.readAllBytes(file(part));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        for (Path file : parts.values()) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(directory);
      } catch (IOException e) {
        log.atWarn().addKeyValue("directory", directory).setCause(e).log("left behind");
      }
    }
  }
}
