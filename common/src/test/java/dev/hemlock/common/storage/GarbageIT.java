package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.embedded.EmbeddedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Garbage beside writers on the store of the embedded default. */
class GarbageIT {
  private static final String TENANT = "default";
  private static final String BUCKET = "hemlock";
  private static final Duration DAY = Duration.ofHours(24);
  private static final int ROUNDS = 5;
  private static final int BLOBS = 8;

  @TempDir Path data;
  private EmbeddedStore server;
  private ObjectStore store;
  private BlobStore blobs;

  @BeforeEach
  void start() throws IOException {
    server = EmbeddedStore.start(data, 0, "key", "secret-key");
    store = Stores.connect(server.endpoint(), "key", "secret-key", BUCKET);
    blobs = new BlobStore(store, data.resolve("cache"));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void deletesOldBlobsThatNothingReaches() throws IOException {
    // Given
    Digest kept = put("kept");
    Digest lost = put("lost");
    refer("run", kept);
    age(kept);
    age(lost);
    Digest young = put("young");
    Garbage garbage = new Garbage(store);

    // When
    int deleted = garbage.delete(TENANT, garbage.find(TENANT, DAY));

    // Then
    assertThat(deleted).isEqualTo(1);
    assertThat(blobs.exists(TENANT, lost)).isFalse();
    assertThat(blobs.get(TENANT, kept)).isEqualTo("kept".getBytes(UTF_8));
    assertThat(blobs.exists(TENANT, young)).isTrue();
  }

  @Test
  void keepsWhateverAWriterRefersToMeanwhile() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    int deleted = 0;
    try {
      for (int round = 0; round < ROUNDS; round++) {
        // Given
        List<Digest> old = new ArrayList<>();
        for (int i = 0; i < BLOBS; i++) {
          old.add(put("blob " + i));
          age(old.get(i));
        }
        CyclicBarrier start = new CyclicBarrier(3);

        // When
        List<Callable<Integer>> racers = List.of(collector(start), writer(start), writer(start));
        for (Future<Integer> racer : threads.invokeAll(racers)) {
          deleted += racer.get();
        }

        // Then
        for (int i = 0; i < BLOBS; i++) {
          assertThat(blobs.get(TENANT, old.get(i))).isEqualTo(("blob " + i).getBytes(UTF_8));
          store.delete(TENANT + "/runs/" + i);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    System.out.printf("deleted and written again while racing: %d%n", deleted);
  }

  private Callable<Integer> collector(CyclicBarrier start) {
    Garbage garbage = new Garbage(store);
    return () -> {
      start.await();
      return garbage.delete(TENANT, garbage.find(TENANT, DAY));
    };
  }

  private Callable<Integer> writer(CyclicBarrier start) {
    return () -> {
      start.await();
      for (int i = BLOBS - 1; i >= 0; i--) {
        refer(Integer.toString(i), putPatiently("blob " + i));
      }
      return 0;
    };
  }

  private Digest putPatiently(String text) {
    while (true) {
      try {
        return put(text);
      } catch (HemlockException e) {
        assertThat(e.retryable()).isTrue();
      }
    }
  }

  private Digest put(String text) {
    return blobs.put(TENANT, text.getBytes(UTF_8));
  }

  private void refer(String run, Digest digest) {
    store.create(TENANT + "/runs/" + run, digest.toString().getBytes(UTF_8));
  }

  private void age(Digest digest) throws IOException {
    Files.setLastModifiedTime(
        data.resolve(BUCKET).resolve(BlobStore.key(TENANT, digest)),
        FileTime.from(Instant.now().minus(Duration.ofDays(2))));
  }
}
