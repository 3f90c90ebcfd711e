package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.tls.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of writes whose answer is lost; one subclass a server. */
abstract class AbstractCutAnswersTest {
  @TempDir static Path directory;
  private CuttingProxy proxy;
  private ObjectStore direct;
  private ObjectStore store;

  private final String key = "default/cut/" + UUID.randomUUID();

  /** The server behind the proxy, which takes {@link MinioServer}'s credentials. */
  abstract URI server();

  @BeforeEach
  void start() throws IOException {
    proxy = new CuttingProxy(server());
    direct = connect(server());
    store = connect(proxy.endpoint());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
  }

  private static ObjectStore connect(URI endpoint) {
    return Stores.connect(endpoint, MinioServer.ACCESS_KEY, MinioServer.SECRET_KEY, "hemlock");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void knowsItsOwnWriteAgain() {
    int before = proxy.cut();
    proxy.cutAnswers(1);

    boolean created = store.create(key, bytes("mine"));

    assertThat(proxy.cut()).isEqualTo(before + 1);
    assertThat(created).isTrue();
    assertThat(direct.read(key)).hasValue(bytes("mine"));
  }

  @Test
  void knowsItsOwnFileAgain() throws IOException {
    byte[] content = new byte[6 << 20];
    new Random(1).nextBytes(content);
    Path file = Files.write(directory.resolve("file"), content);
    proxy.cutAnswers(1);

    boolean created = store.create(key, file);

    assertThat(created).isTrue();
    assertThat(direct.read(key)).hasValue(content);
  }

  @Test
  void doesNotTakeAnothersWriteForItsOwn() {
    direct.create(key, bytes("theirs"));
    proxy.cutAnswers(1);

    boolean created = store.create(key, bytes("mine"));

    assertThat(created).isFalse();
    assertThat(direct.read(key)).hasValue(bytes("theirs"));
  }

  @Test
  void survivesALostAnswerAndALostReadBack() {
    proxy.cutAnswers(2);

    boolean created = store.create(key, bytes("mine"));

    assertThat(created).isTrue();
  }

  @Test
  void readsAgainAfterACut() throws IOException {
    byte[] content = new byte[3 << 20];
    new Random(2).nextBytes(content);
    direct.create(key, content);
    proxy.cutAnswers(1);

    assertThat(store.read(key)).hasValue(content);
    proxy.cutAnswers(1);
    assertThat(store.open(key).readAllBytes()).isEqualTo(content);
  }

  @Test
  void saysThatTheStoreIsAwayWhenNoAnswerComes() {
    proxy.cutAnswers(1_000);
    try {
      assertThatThrownBy(() -> store.create(key, bytes("mine")))
          .hasMessageContaining("hemlock.storage.endpoint")
          .isInstanceOfSatisfying(
              HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    } finally {
      proxy.cutAnswers(0);
    }
  }

  @Test
  void doesNotTryAgainWhatHangs() {
    ObjectStore impatient =
        new MinioObjectStore(
            proxy.endpoint(),
            "us-east-1",
            MinioServer.ACCESS_KEY,
            MinioServer.SECRET_KEY,
            "hemlock",
            Trust.of(Optional.empty()),
            Duration.ofMillis(300));
    proxy.hang();

    assertThatThrownBy(() -> impatient.read(key))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    assertThat(proxy.unanswered()).isEqualTo(1);
  }
}
