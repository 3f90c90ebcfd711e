package dev.hemlock.common.storage;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Lost answers of a real MinIO server. */
class MinioCutAnswersIT extends AbstractCutAnswersTest {
  private static MinioServer server;

  @BeforeAll
  static void startServer() throws Exception {
    Optional<Path> program = MinioServer.program();
    assumeTrue(program.isPresent(), "skipped: no deploy/.bin/minio; .ci/run builds it");
    server = MinioServer.start(program.get(), Files.createDirectory(directory.resolve("data")));
  }

  @AfterAll
  static void stopServer() throws InterruptedException {
    if (server != null) {
      server.close();
    }
  }

  @Override
  URI server() {
    return server.endpoint();
  }
}
