package dev.hemlock.common.storage;

import dev.hemlock.embedded.EmbeddedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The S3 adapter against the store of the embedded default. */
class EmbeddedObjectStoreIT extends AbstractObjectStoreTest {
  private static final String BUCKET = "hemlock";

  @TempDir static Path data;
  private static EmbeddedStore server;
  private static ObjectStore store;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedStore.start(data, 0, "key", "secret-key");
    store = Stores.connect(server.endpoint(), "key", "secret-key", BUCKET);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected void corrupt(String key) throws IOException {
    Path file = data.resolve(BUCKET).resolve(key);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    // Written in place, as a bad disk would, so that the file keeps its attributes.
    Files.write(file, bytes);
  }
}
