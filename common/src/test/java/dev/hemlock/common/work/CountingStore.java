package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.StoredObject;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A store that tells each call to a hook before it happens, counts, and can be away. */
final class CountingStore implements ObjectStore {
  private final ObjectStore store;
  private final Consumer<String> hook;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean away;

  CountingStore(ObjectStore store, Consumer<String> hook) {
    this.store = store;
    this.hook = hook;
  }

  int calls() {
    return calls.get();
  }

  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
  }

  private void before(String key) {
    calls.incrementAndGet();
    hook.accept(key);
    if (away) {
      throw HemlockException.unavailable("The store is away.");
    }
  }

  @Override
  public boolean create(String key, byte[] bytes) {
    before(key);
    return store.create(key, bytes);
  }

  @Override
  public boolean create(String key, Path file) {
    before(key);
    return store.create(key, file);
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    before(key);
    store.overwrite(key, bytes);
  }

  @Override
  public Optional<byte[]> read(String key) {
    before(key);
    return store.read(key);
  }

  @Override
  public InputStream open(String key) {
    before(key);
    return store.open(key);
  }

  @Override
  public boolean exists(String key) {
    before(key);
    return store.exists(key);
  }

  @Override
  public List<StoredObject> list(String prefix) {
    before(prefix);
    return store.list(prefix);
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    before(prefix);
    return store.folders(prefix, after, limit);
  }

  @Override
  public void delete(String key) {
    before(key);
    store.delete(key);
  }
}
