package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/** An object store in memory, for tests. */
public final class InMemoryObjectStore implements ObjectStore {
  private final ConcurrentSkipListMap<String, Entry> objects = new ConcurrentSkipListMap<>();
  private final Clock clock;

  private record Entry(byte[] bytes, Instant lastModified) {}

  public InMemoryObjectStore() {
    this(Clock.systemUTC());
  }

  /** A store whose objects are dated by a clock. */
  public InMemoryObjectStore(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Creation tryCreate(String key, byte[] bytes) {
    Entry present = objects.putIfAbsent(key, entry(bytes));
    if (present == null) {
      return Creation.CREATED;
    }
    return Arrays.equals(present.bytes(), bytes) ? Creation.SAME : Creation.OTHER;
  }

  @Override
  public Creation tryCreate(String key, Path file) {
    return tryCreate(key, read(file));
  }

  @Override
  public void overwrite(String key, Path file) {
    overwrite(key, read(file));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    objects.put(key, entry(bytes));
  }

  @Override
  public Optional<byte[]> read(String key) {
    return Optional.ofNullable(objects.get(key)).map(entry -> entry.bytes().clone());
  }

  @Override
  public InputStream open(String key) {
    return new ByteArrayInputStream(
        read(key).orElseThrow(() -> HemlockException.notFound("There is no object " + key)));
  }

  @Override
  public boolean exists(String key) {
    return objects.containsKey(key);
  }

  @Override
  public List<StoredObject> list(String prefix) {
    return objects.tailMap(prefix, true).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .map(
            entry ->
                new StoredObject(
                    entry.getKey(),
                    entry.getValue().bytes().length,
                    entry.getValue().lastModified()))
        .toList();
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    TreeSet<String> tokens = new TreeSet<>();
    for (StoredObject object : list(prefix)) {
      String rest = object.key().substring(prefix.length());
      int slash = rest.indexOf('/');
      tokens.add(slash < 0 ? rest : rest.substring(0, slash + 1));
    }
    List<String> rest = tokens.stream().filter(token -> FolderPage.isAfter(token, after)).toList();
    return FolderPage.of(rest.subList(0, Math.min(limit, rest.size())), limit < rest.size());
  }

  @Override
  public void delete(String key) {
    objects.remove(key);
  }

  /** Damages an object, as a bad disk would. */
  public void corrupt(String key) {
    objects.computeIfPresent(
        key,
        (k, entry) -> {
          byte[] bytes = entry.bytes().clone();
          bytes[bytes.length / 2] ^= 1;
          return new Entry(bytes, entry.lastModified());
        });
  }

  private Entry entry(byte[] bytes) {
    return new Entry(bytes.clone(), clock.instant());
  }
}
