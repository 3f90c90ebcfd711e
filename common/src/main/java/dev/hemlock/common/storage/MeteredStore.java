package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Counts and times what is asked of a store, with the repetitions of each request. */
final class MeteredStore implements ObjectStore {
  private enum Operation {
    CREATE,
    OVERWRITE,
    FIND,
    READ,
    OPEN,
    EXISTS,
    LIST,
    FOLDERS,
    DELETE
  }

  private final ObjectStore store;
  private final Map<Operation, Timer> served = new EnumMap<>(Operation.class);
  private final Map<Operation, Timer> failed = new EnumMap<>(Operation.class);

  MeteredStore(ObjectStore store, MeterRegistry registry) {
    this.store = store;
    for (Operation operation : Operation.values()) {
      served.put(operation, timer(registry, operation, "ok"));
      failed.put(operation, timer(registry, operation, "error"));
    }
  }

  private static Timer timer(MeterRegistry registry, Operation operation, String outcome) {
    return Timer.builder("hemlock.store.requests")
        .description("Requests to the object store")
        .tag("operation", operation.name().toLowerCase(Locale.ROOT))
        .tag("outcome", outcome)
        .register(registry);
  }

  private <T> T timed(Operation operation, Supplier<T> request) {
    long start = System.nanoTime();
    boolean answered = false;
    try {
      T answer = request.get();
      answered = true;
      return answer;
    } catch (HemlockException e) {
      // What isn't there is an answer.
      answered = e.reason() == Reason.NOT_FOUND;
      throw e;
    } finally {
      (answered ? served : failed)
          .get(operation)
          .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  private void timed(Operation operation, Runnable request) {
    timed(
        operation,
        () -> {
          request.run();
          return operation;
        });
  }

  @Override
  public Creation tryCreate(String key, byte[] bytes) {
    return timed(Operation.CREATE, () -> store.tryCreate(key, bytes));
  }

  @Override
  public Creation tryCreate(String key, Path file) {
    return timed(Operation.CREATE, () -> store.tryCreate(key, file));
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    timed(Operation.OVERWRITE, () -> store.overwrite(key, bytes));
  }

  @Override
  public void overwrite(String key, Path file) {
    timed(Operation.OVERWRITE, () -> store.overwrite(key, file));
  }

  @Override
  public Optional<StoredObject> find(String key) {
    return timed(Operation.FIND, () -> store.find(key));
  }

  @Override
  public Optional<byte[]> read(String key) {
    return timed(Operation.READ, () -> store.read(key));
  }

  @Override
  public InputStream open(String key) {
    return timed(Operation.OPEN, () -> store.open(key));
  }

  @Override
  public boolean exists(String key) {
    return timed(Operation.EXISTS, () -> store.exists(key));
  }

  @Override
  public List<StoredObject> list(String prefix) {
    return timed(Operation.LIST, () -> store.list(prefix));
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    return timed(Operation.FOLDERS, () -> store.folders(prefix, after, limit));
  }

  @Override
  public void delete(String key) {
    timed(Operation.DELETE, () -> store.delete(key));
  }
}
