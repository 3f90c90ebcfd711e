package dev.hemlock.common.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.tls.Trust;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConditionalWriteProbeTest {
  @Test
  void passesAStoreWithOneWinner() {
    InMemoryObjectStore store = new InMemoryObjectStore();

    assertThatCode(() -> ConditionalWriteProbe.run(store, "the store")).doesNotThrowAnyException();
    assertThat(store.list("")).isEmpty();
  }

  @Test
  void refusesAStoreThatIgnoresTheCondition() {
    assertThatThrownBy(
            () -> ConditionalWriteProbe.run(new CarelessStore(), "The store at http://x"))
        .hasMessageContaining("The store at http://x let 16 of 16")
        .hasMessageContaining("If-None-Match")
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION));
  }

  @Test
  void saysThatAStoreIsAwayWhenItStaysAway() {
    URI nobody = URI.create("http://127.0.0.1:1");

    assertThatThrownBy(
            () ->
                StorageStart.connect(
                    Stores.config(nobody, "a", "secret", "bucket"),
                    Trust.of(Optional.empty()),
                    Duration.ZERO))
        .hasMessageContaining("hemlock.storage.endpoint")
        .hasMessageContaining("127.0.0.1:1")
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  /** Overwrites where it should refuse. */
  private static final class CarelessStore implements ObjectStore {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Override
    public Creation tryCreate(String key, byte[] bytes) {
      store.overwrite(key, bytes);
      return Creation.CREATED;
    }

    @Override
    public Creation tryCreate(String key, Path file) {
      return Creation.CREATED;
    }

    @Override
    public void overwrite(String key, Path file) {
      store.overwrite(key, file);
    }

    @Override
    public void overwrite(String key, byte[] bytes) {
      store.overwrite(key, bytes);
    }

    @Override
    public Optional<byte[]> read(String key) {
      return store.read(key);
    }

    @Override
    public InputStream open(String key) {
      return store.open(key);
    }

    @Override
    public boolean exists(String key) {
      return store.exists(key);
    }

    @Override
    public List<StoredObject> list(String prefix) {
      return store.list(prefix);
    }

    @Override
    public Page<String> folders(String prefix, String after, int limit) {
      return store.folders(prefix, after, limit);
    }

    @Override
    public void delete(String key) {
      store.delete(key);
    }
  }
}
