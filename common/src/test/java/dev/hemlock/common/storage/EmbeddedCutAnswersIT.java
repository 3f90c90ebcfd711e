package dev.hemlock.common.storage;

import dev.hemlock.embedded.EmbeddedStore;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Lost answers of the store of the embedded default. */
class EmbeddedCutAnswersIT extends AbstractCutAnswersTest {
  private static EmbeddedStore server;

  @BeforeAll
  static void startServer() throws IOException {
    server =
        EmbeddedStore.start(
            directory.resolve("data"), 0, MinioServer.ACCESS_KEY, MinioServer.SECRET_KEY);
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  URI server() {
    return server.endpoint();
  }
}
