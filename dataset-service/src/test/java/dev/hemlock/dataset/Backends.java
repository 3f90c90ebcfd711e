package dev.hemlock.dataset;

import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.EmbeddedStore;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real broker and a real S3 server for the time of a test. */
public class Backends implements QuarkusTestResourceLifecycleManager {
  private EmbeddedBroker broker;
  private EmbeddedStore store;

  @Override
  public Map<String, String> start() {
    try {
      Path directory = Files.createTempDirectory(Path.of("target"), "backends").toAbsolutePath();
      Files.createDirectories(directory.resolve("root"));
      Approver approver = new Approver();
      broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
      store = EmbeddedStore.start(directory.resolve("store"), 0, "test", "test-secret");
      return Map.of(
          "hemlock.kafka.bootstrap-servers", broker.bootstrapServers(),
          "hemlock.storage.endpoint", store.endpoint().toString(),
          "hemlock.storage.access-key", "test",
          "hemlock.storage.secret-key", "test-secret",
          "hemlock.storage.cache-dir", directory.resolve("cache").toString(),
          "hemlock.dataset.temp-dir", directory.resolve("tmp").toString(),
          "hemlock.dataset.import-root", directory.resolve("root").toString(),
          "hemlock.dataset.admission.public-keys",
              Files.writeString(directory.resolve("approvers.pem"), approver.publicPem())
                  .toString(),
          "test.approver", approver.save(directory.resolve("approver")).toString(),
          "quarkus.http.test-port", "19001");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    try {
      store.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      broker.close();
    }
  }
}
