package dev.hemlock.common.work;

import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.EmbeddedStore;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real broker and a real store for a Quarkus test of any service. */
public final class EmbeddedBackends implements QuarkusTestResourceLifecycleManager {
  private static final String KEY = "hemlock";
  private static final String SECRET = "hemlock-secret";

  private EmbeddedBroker broker;
  private EmbeddedStore store;

  @Override
  public Map<String, String> start() {
    try {
      Path directory = Files.createTempDirectory("hemlock-test");
      broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
      store = EmbeddedStore.start(directory.resolve("store"), 0, KEY, SECRET);
      return Map.of(
          "hemlock.kafka.bootstrap-servers",
          broker.bootstrapServers(),
          "hemlock.storage.endpoint",
          store.endpoint().toString(),
          "hemlock.storage.access-key",
          KEY,
          "hemlock.storage.secret-key",
          SECRET,
          "hemlock.storage.bucket",
          "hemlock-test",
          "hemlock.storage.cache-dir",
          directory.resolve("cache").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    try {
      if (store != null) {
        store.close();
      }
      if (broker != null) {
        broker.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
