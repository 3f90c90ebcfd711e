package dev.hemlock.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.errors.ErrorResponseException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {
  private static final String BUCKET = "hemlock";

  @TempDir Path directory;
  private EmbeddedStore store;
  private MinioClient client;

  @BeforeEach
  void start() throws Exception {
    store = EmbeddedStore.start(directory, 0, "key", "secret");
    client = client("secret");
    client.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    store.close();
  }

  @Test
  void refusesSecondConditionalPut() throws Exception {
    create("runs/a/spec", "first");

    assertThatThrownBy(() -> create("runs/a/spec", "second"))
        .isInstanceOfSatisfying(
            ErrorResponseException.class, e -> assertThat(e.response().code()).isEqualTo(412));
    assertThat(read("runs/a/spec")).isEqualTo("first");
  }

  @Test
  void hasExactlyOneWinnerWhenManyCreateTheSameKey() throws Exception {
    int racers = 16;
    ExecutorService pool = Executors.newFixedThreadPool(racers);
    try {
      for (int key = 0; key < 25; key++) {
        String name = "race/" + key;
        CyclicBarrier barrier = new CyclicBarrier(racers);
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int racer = 0; racer < racers; racer++) {
          String content = "racer " + racer;
          attempts.add(
              () -> {
                barrier.await();
                return creates(name, content);
              });
        }

        int winners = 0;
        for (Future<Boolean> attempt : pool.invokeAll(attempts)) {
          winners += attempt.get() ? 1 : 0;
        }

        assertThat(winners).as(name).isEqualTo(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void keepsObjectsOverRestart() throws Exception {
    create("kept", "bytes");

    store.close();
    store = EmbeddedStore.start(directory, 0, "key", "secret");
    client.close();
    client = client("secret");

    assertThat(read("kept")).isEqualTo("bytes");
  }

  @Test
  void refusesWrongSecret() throws Exception {
    try (MinioClient stranger = client("guess")) {
      assertThatThrownBy(
              () -> stranger.bucketExists(BucketExistsArgs.builder().bucket(BUCKET).build()))
          .isInstanceOf(ErrorResponseException.class);
    }
  }

  private MinioClient client(String secret) {
    return MinioClient.builder()
        .endpoint(store.endpoint().toString())
        .credentials("key", secret)
        .region("us-east-1")
        .build();
  }

  private boolean creates(String key, String content) throws Exception {
    try {
      create(key, content);
      return true;
    } catch (ErrorResponseException e) {
      return false;
    }
  }

  private void create(String key, String content) throws Exception {
    byte[] bytes = content.getBytes(UTF_8);
    client.putObject(
        PutObjectArgs.builder()
            .bucket(BUCKET)
            .object(key)
            .extraHeaders(Map.of("If-None-Match", "*"))
            .stream(new ByteArrayInputStream(bytes), bytes.length, -1)
            .build());
  }

  private String read(String key) throws Exception {
    try (var object =
        client.getObject(GetObjectArgs.builder().bucket(BUCKET).object(key).build())) {
      return new String(object.readAllBytes(), UTF_8);
    }
  }
}
