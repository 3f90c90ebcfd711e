package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.work.CountingStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class GarbageTest {
  private static final String TENANT = "default";
  private static final Duration DAY = Duration.ofHours(24);
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryObjectStore store = new InMemoryObjectStore(clock());

  @Test
  void findsOldBlobsThatNothingReaches() {
    // Given
    Digest shard = put(store, "shard");
    Digest weights = put(store, "weights");
    Digest figures = put(store, "figures");
    Digest report = put(store, "{\"figures\":\"" + figures + "\"}");
    Digest lost = put(store, "lost");
    refer("snapshots/" + "0".repeat(64), shard);
    refer("runs/trainingRuns/x/stages/train/result", weights);
    refer("runs/experiments/x/stages/experiment/result", report);
    days(2);
    put(store, "young");

    // When
    Garbage.Found found = garbage().find(TENANT, DAY);

    // Then
    assertThat(found.blobs()).isEqualTo(6);
    assertThat(found.garbage())
        .extracting(StoredObject::key)
        .containsExactly(BlobStore.key(TENANT, lost));
    assertThat(found.garbageBytes()).isEqualTo(4);
    assertThat(blobs(store).exists(TENANT, lost)).isTrue();
  }

  @Test
  void deletesWhatItFoundAndNothingElse() {
    // Given
    Digest lost = put(store, "lost");
    days(2);
    Garbage.Found found = garbage().find(TENANT, DAY);

    // When
    int deleted = garbage().delete(TENANT, found);

    // Then
    assertThat(deleted).isEqualTo(1);
    assertThat(blobs(store).exists(TENANT, lost)).isFalse();
    assertThat(store.list(TENANT + "/collections/marks/")).isEmpty();
    assertThat(garbage().delete(TENANT, found)).isZero();
  }

  @Test
  void leavesItsMarkOnABlobWhoseDeletionGaveNoAnswer() {
    // Given
    Digest lost = put(store, "lost");
    days(2);
    Garbage.Found found = garbage().find(TENANT, DAY);
    AtomicInteger looks = new AtomicInteger();
    ObjectStore silent =
        new CountingStore(
            store,
            key -> {
              if (key.equals(BlobStore.key(TENANT, lost)) && looks.incrementAndGet() == 2) {
                throw HemlockException.unavailable("The store gave no answer");
              }
            });

    // When
    assertThatThrownBy(() -> new Garbage(silent).delete(TENANT, found))
        .hasMessage("The store gave no answer");

    // Then
    assertThat(store.list(TENANT + "/collections/marks/"))
        .extracting(StoredObject::key)
        .singleElement()
        .asString()
        .endsWith(lost.hex());
  }

  @Test
  void stopsAtADamagedRoot() {
    put(store, "lost");
    store.create(TENANT + "/runs/x/result", HELLO);
    ObjectStore damaged =
        new CountingStore(
            store,
            key -> {
              if (key.endsWith("/result")) {
                throw HemlockException.dataLoss("The object is damaged");
              }
            });

    assertThatThrownBy(() -> new Garbage(damaged).find(TENANT, DAY))
        .hasMessage("The object is damaged");
  }

  /** A writer puts an old blob and refers to it, at every moment of a collection. */
  @Test
  void neverTakesABlobFromAWriterThatComesBetween() {
    int moments = 0;
    for (boolean came = true; came; moments++) {
      // Given
      InMemoryObjectStore memory = new InMemoryObjectStore(clock());
      put(memory, "hello");
      days(2);
      AtomicInteger left = new AtomicInteger(moments);
      AtomicBoolean waits = new AtomicBoolean();
      Garbage collector =
          new Garbage(
              new CountingStore(
                  memory,
                  key -> {
                    if (left.getAndDecrement() == 0) {
                      waits.set(!wrote(memory));
                    }
                  }));

      // When
      collector.delete(TENANT, collector.find(TENANT, DAY));
      if (waits.get()) {
        write(memory);
      }

      // Then
      came = left.get() < 0;
      if (came) {
        assertThat(blobs(memory).get(TENANT, Digest.of(HELLO)))
            .as("at %d", moments)
            .isEqualTo(HELLO);
      }
    }
    assertThat(moments).isGreaterThan(8);
  }

  /** The other way round: a whole collection at every moment of a writer. */
  @Test
  void neverLeavesAWriterWithoutItsBlob() {
    int moments = 0;
    for (boolean came = true; came; moments++) {
      // Given
      InMemoryObjectStore memory = new InMemoryObjectStore(clock());
      put(memory, "hello");
      days(2);
      AtomicInteger left = new AtomicInteger(moments);
      Garbage collector = new Garbage(memory);
      ObjectStore writers =
          new CountingStore(
              memory,
              key -> {
                if (left.getAndDecrement() == 0) {
                  collector.delete(TENANT, collector.find(TENANT, DAY));
                }
              });

      // When
      write(writers);

      // Then
      came = left.get() < 0;
      assertThat(blobs(memory).get(TENANT, Digest.of(HELLO))).as("at %d", moments).isEqualTo(HELLO);
    }
    assertThat(moments).isGreaterThan(4);
  }

  @Test
  void passesOverTheMarkOfACollectionThatDied() {
    // Given
    Digest digest = put(store, "hello");
    store.create(TENANT + "/collections/marks/" + digest.hex(), HELLO);
    days(2);

    // Then
    put(store, "hello");
    days(2);
    assertThat(garbage().delete(TENANT, garbage().find(TENANT, DAY))).isEqualTo(1);
  }

  private static void write(ObjectStore store) {
    Digest digest = put(store, "hello");
    store.create(TENANT + "/runs/x/result", digest.toString().getBytes(UTF_8));
  }

  /** Whether a writer got through; a mark in its way makes it try again later. */
  private static boolean wrote(ObjectStore store) {
    try {
      write(store);
      return true;
    } catch (HemlockException e) {
      assertThat(e.retryable()).isTrue();
      return false;
    }
  }

  private void refer(String key, Digest digest) {
    store.create(TENANT + "/" + key, ("{\"digest\":\"" + digest + "\"}").getBytes(UTF_8));
  }

  private Garbage garbage() {
    return new Garbage(store);
  }

  private static Digest put(ObjectStore store, String text) {
    return blobs(store).put(TENANT, text.getBytes(UTF_8));
  }

  private static BlobStore blobs(ObjectStore store) {
    return new BlobStore(store, Path.of("unused"));
  }

  private void days(int days) {
    now.updateAndGet(time -> time.plus(Duration.ofDays(days)));
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
  }
}
