package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.storage.ObjectStore.Creation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} promises; one subclass a backend. */
public abstract class AbstractObjectStoreTest {
  private static final int RACERS = 32;
  private static final int KEYS = 300;

  /** Every test has keys of its own. */
  private final String root = "default/test-" + UUID.randomUUID() + "/";

  @TempDir Path directory;

  /** The store under test. */
  protected abstract ObjectStore store();

  /** Changes one byte of a stored object behind the store's back. */
  protected abstract void corrupt(String key) throws Exception;

  private String key(String name) {
    return root + name;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void readsWhatWasCreated() {
    boolean created = store().create(key("a"), bytes("hello"));

    assertThat(created).isTrue();
    assertThat(store().read(key("a"))).hasValue(bytes("hello"));
    assertThat(store().exists(key("a"))).isTrue();
  }

  @Test
  void keepsTheFirstObjectWhenAnotherIsCreated() {
    store().create(key("a"), bytes("first"));

    boolean created = store().create(key("a"), bytes("second"));

    assertThat(created).isFalse();
    assertThat(store().read(key("a"))).hasValue(bytes("first"));
  }

  @Test
  void takesTheSameBytesForTheSameWrite() {
    store().create(key("a"), bytes("same"));

    boolean created = store().create(key("a"), bytes("same"));

    assertThat(created).isTrue();
  }

  @Test
  void createsEmptyObjects() {
    store().create(key("empty"), new byte[0]);

    assertThat(store().read(key("empty"))).hasValue(new byte[0]);
    assertThat(store().create(key("empty"), new byte[0])).isTrue();
    assertThat(store().create(key("empty"), bytes("x"))).isFalse();
  }

  @Test
  void createsFromFilesLargerThanOnePart() throws IOException {
    byte[] large = new byte[(16 << 20) + 7];
    new Random(1).nextBytes(large);
    Path file = Files.write(directory.resolve("large"), large);

    boolean created = store().create(key("large"), file);

    assertThat(created).isTrue();
    assertThat(store().create(key("large"), file)).isTrue();
    assertThat(store().create(key("large"), bytes("other"))).isFalse();
    try (InputStream in = store().open(key("large"))) {
      assertThat(in.readAllBytes()).isEqualTo(large);
    }
  }

  @Test
  void letsExactlyOneOfManyCreatorsWin() throws Exception {
    ExecutorService racers = Executors.newFixedThreadPool(RACERS);
    CyclicBarrier start = new CyclicBarrier(RACERS);
    try {
      for (int i = 0; i < KEYS; i++) {
        String key = key("race/" + i);
        List<Callable<Boolean>> creators =
            IntStream.range(0, RACERS)
                .<Callable<Boolean>>mapToObj(
                    racer ->
                        () -> {
                          start.await();
                          return store().create(key, bytes("racer " + racer));
                        })
                .toList();

        List<Integer> winners = new ArrayList<>();
        List<Future<Boolean>> results = racers.invokeAll(creators);
        for (int racer = 0; racer < RACERS; racer++) {
          if (results.get(racer).get()) {
            winners.add(racer);
          }
        }

        assertThat(winners).as("winners of key %d", i).hasSize(1);
        assertThat(store().read(key)).hasValue(bytes("racer " + winners.get(0)));
      }
    } finally {
      racers.shutdownNow();
    }
  }

  @Test
  void overwritesAdvisoryObjects() {
    store().overwrite(key("beat"), bytes("1"));

    store().overwrite(key("beat"), bytes("22"));

    assertThat(store().read(key("beat"))).hasValue(bytes("22"));
  }

  @Test
  void tellsWhatWasThereBefore() {
    assertThat(store().tryCreate(key("a"), bytes("1"))).isEqualTo(Creation.CREATED);
    assertThat(store().tryCreate(key("a"), bytes("1"))).isEqualTo(Creation.SAME);
    assertThat(store().tryCreate(key("a"), bytes("2"))).isEqualTo(Creation.OTHER);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 1_000, 300_000})
  void mendsADamagedObjectByWritingItAgain(int size) throws Exception {
    byte[] whole = new byte[size];
    new Random(size).nextBytes(whole);
    Path file = Files.write(directory.resolve("whole"), whole);
    store().create(key("a"), file);
    corrupt(key("a"));

    store().overwrite(key("a"), file);

    assertThat(store().read(key("a"))).hasValue(whole);
  }

  @Test
  void findsAnObjectAsAListingShowsIt() {
    store().create(key("a"), bytes("12"));

    assertThat(store().find(key("a"))).hasValueSatisfying(a -> assertThat(a.size()).isEqualTo(2));
    assertThat(store().find(key("none"))).isEmpty();
  }

  @Test
  void findsNothingUnderAnUnusedKey() {
    assertThat(store().read(key("none"))).isEmpty();
    assertThat(store().exists(key("none"))).isFalse();
    assertThatThrownBy(() -> store().open(key("none")).close())
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
  }

  @Test
  void listsEverythingBelowAPrefixInOrder() {
    for (String name : List.of("b/2", "b/10", "a", "b/1/x", "ba")) {
      store().create(key("list/" + name), bytes(name));
    }

    List<StoredObject> objects = store().list(key("list/b"));

    assertThat(objects)
        .extracting(object -> object.key().substring(root.length()))
        .containsExactly("list/b/1/x", "list/b/10", "list/b/2", "list/ba");
    assertThat(objects).extracting(StoredObject::size).containsExactly(5L, 4L, 3L, 2L);
    assertThat(objects)
        .allSatisfy(
            object ->
                assertThat(Duration.between(object.lastModified(), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(1)));
  }

  @Test
  void listsMoreThanOnePageOfKeys() {
    int count = 1_050;
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> store().create(key("many/%05d".formatted(i)), bytes("x")));

    List<StoredObject> objects = store().list(key("many/"));

    assertThat(objects).hasSize(count).isSortedAccordingTo((a, b) -> a.key().compareTo(b.key()));
  }

  @Test
  void listsNothingBelowAnUnusedPrefix() {
    assertThat(store().list(key("nothing/"))).isEmpty();
    assertThat(store().folders(key("nothing/"), "", 10)).isEqualTo(new Page<>(List.of(), ""));
  }

  @Test
  void pagesThroughTheNextPathElements() {
    for (String name : List.of("aa/1", "aa/2/x", "ab/1", "b", "c-d/1", "c/1/2/3", "d/1")) {
      store().create(key("tree/" + name), bytes(name));
    }

    List<String> names = new ArrayList<>();
    String token = "";
    int pages = 0;
    do {
      Page<String> page = store().folders(key("tree/"), token, 2);
      names.addAll(page.items());
      token = page.nextToken();
      pages++;
    } while (!token.isEmpty());

    assertThat(names).containsExactly("aa", "ab", "b", "c-d", "c", "d");
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void continuesAfterAFolderGivenWithoutItsSlash() {
    for (String name : List.of("aa/1", "ab/1", "ac/1")) {
      store().create(key("plain/" + name), bytes(name));
    }

    Page<String> page = store().folders(key("plain/"), "ab", 5);

    assertThat(page).isEqualTo(new Page<>(List.of("ac"), ""));
  }

  @Test
  void deletesWhetherOrNotThereIsAnObject() {
    store().create(key("gone"), bytes("x"));

    store().delete(key("gone"));
    store().delete(key("gone"));

    assertThat(store().read(key("gone"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 300_000, 16 << 20})
  void reportsADamagedBlobAsDataLossNamingItsDigest(int size) throws Exception {
    BlobStore blobs = new BlobStore(store(), directory.resolve("cache"));
    byte[] content = new byte[size];
    new Random(root.hashCode()).nextBytes(content);
    Digest digest = blobs.put("default", content);
    corrupt(BlobStore.key("default", digest));

    assertThatThrownBy(() -> blobs.get("default", digest))
        .hasMessageContaining(digest.toString())
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_LOSS));
    assertThatThrownBy(() -> blobs.file("default", digest))
        .hasMessageContaining(digest.toString())
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_LOSS));
  }
}
