package dev.hemlock.common.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The S3 adapter against a real MinIO server. */
class MinioObjectStoreIT extends AbstractObjectStoreTest {
  private static final String BUCKET = "hemlock";

  @TempDir static Path temporary;
  private static Path data;
  private static MinioServer server;
  private static ObjectStore store;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> program = MinioServer.program();
    assumeTrue(
        program.isPresent(),
        "MinIO tests skipped: no deploy/.bin/minio; .ci/run builds it, or set -Dhemlock.minio=PATH");
    data = Files.createDirectory(temporary.resolve("data"));
    server = MinioServer.start(program.get(), data);
    store =
        Stores.connect(server.endpoint(), MinioServer.ACCESS_KEY, MinioServer.SECRET_KEY, BUCKET);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  /** Small objects lie at the end of xl.meta, larger ones in a part file; MinIO notices both. */
  @Override
  protected void corrupt(String key) throws IOException {
    Path file = file(key);
    byte[] bytes = Files.readAllBytes(file);
    boolean inlined = file.endsWith("xl.meta");
    bytes[inlined ? bytes.length - 1 : bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private static Path file(String key) throws IOException {
    Path folder = data.resolve(BUCKET).resolve(key);
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  @Test
  void saysSoWhenTheStoresOwnRecordOfAnObjectIsDamaged() throws IOException {
    // Given
    String key = "default/record";
    store.create(key, new byte[] {1, 2, 3});
    Path record = file(key);
    byte[] bytes = Files.readAllBytes(record);
    bytes[bytes.length / 3] ^= 1;
    Files.write(record, bytes);

    // Then
    for (Runnable use :
        List.<Runnable>of(
            () -> store.read(key),
            () -> store.overwrite(key, new byte[] {1}),
            () -> store.create(key, new byte[] {1}))) {
      assertThatThrownBy(use::run)
          .hasMessageContaining(key)
          .isInstanceOfSatisfying(
              HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_LOSS));
    }
  }

  @Test
  void namesTheKeysToSetWhenTheCredentialsAreRefused() {
    assertThatThrownBy(
            () -> Stores.connect(server.endpoint(), MinioServer.ACCESS_KEY, "wrong-one", BUCKET))
        .hasMessageContaining("hemlock.storage.secret-key")
        .hasMessageNotContaining("wrong-one")
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION));
  }
}
