package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.StoredObject;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A store that tells each call to a hook before it happens, counts, and can be away. */
public final class CountingStore implements ObjectStore {
  private final ObjectStore store;
  private final Consumer<String> hook;
  private final AtomicInteger calls = new AtomicInteger();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLong written = new AtomicLong();
  private volatile boolean away;

  /** Counts the calls that reach a store. */
  public CountingStore(ObjectStore store) {
    this(store, key -> {});
  }

  /** Tells {@code hook} the key of each call before it happens. */
  public CountingStore(ObjectStore store, Consumer<String> hook) {
    this.store = store;
    this.hook = hook;
  }

  /** Calls so far: each is one request of an S3 store, a listing one a thousand objects. */
  public int calls() {
    return calls.get();
  }

  /** The calls so far, in the order of their beginning: operation, key. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Bytes of the objects written so far, those that were there already among them. */
  public long written() {
    return written.get();
  }

  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
  }

  private void before(String operation, String key) {
    calls.incrementAndGet();
    requests.add(operation + " " + key);
    hook.accept(key);
    if (away) {
      throw HemlockException.unavailable("The store is away.");
    }
  }

  @Override
  public Creation tryCreate(String key, byte[] bytes) {
    before("create", key);
    written.addAndGet(bytes.length);
    return store.tryCreate(key, bytes);
  }

  @Override
  public Creation tryCreate(String key, Path file) {
    before("create", key);
    written.addAndGet(file.toFile().length());
    return store.tryCreate(key, file);
  }

  @Override
  public void overwrite(String key, Path file) {
    before("overwrite", key);
    written.addAndGet(file.toFile().length());
    store.overwrite(key, file);
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    before("overwrite", key);
    written.addAndGet(bytes.length);
    store.overwrite(key, bytes);
  }

  @Override
  public Optional<byte[]> read(String key) {
    before("read", key);
    return store.read(key);
  }

  @Override
  public InputStream open(String key) {
    before("open", key);
    return store.open(key);
  }

  @Override
  public boolean exists(String key) {
    before("exists", key);
    return store.exists(key);
  }

  @Override
  public List<StoredObject> list(String prefix) {
    before("list", prefix);
    return store.list(prefix);
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    before("folders", prefix);
    return store.folders(prefix, after, limit);
  }

  @Override
  public void delete(String key) {
    before("delete", key);
    store.delete(key);
  }
}
