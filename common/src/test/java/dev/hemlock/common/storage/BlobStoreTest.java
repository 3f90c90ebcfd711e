package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.work.CountingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final Digest HELLO_DIGEST =
      new Digest("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");

  @TempDir Path directory;
  private final InMemoryObjectStore store = new InMemoryObjectStore();

  private BlobStore blobs() {
    return new BlobStore(store, directory.resolve("cache"));
  }

  private long filesInCache() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("cache"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void keepsABlobUnderItsDigest() {
    Digest digest = blobs().put("default", HELLO);

    assertThat(digest).isEqualTo(HELLO_DIGEST);
    assertThat(store.read("default/blobs/sha256/2c/" + digest.hex())).hasValue(HELLO);
    assertThat(blobs().exists("default", digest)).isTrue();
    assertThat(blobs().get("default", digest)).isEqualTo(HELLO);
  }

  @Property
  void namesFilesAndBytesAlike(@ForAll byte[] bytes) throws IOException {
    Path file = Files.write(Files.createTempFile("blob", ""), bytes);
    try {
      BlobStore blobs = new BlobStore(new InMemoryObjectStore(), Path.of("unused"));

      assertThat(blobs.put("default", file)).isEqualTo(blobs.put("default", bytes));
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void sharesNothingAcrossTenants() {
    blobs().put("default", HELLO);

    assertThat(blobs().exists("other", HELLO_DIGEST)).isFalse();
    assertThatThrownBy(() -> blobs().get("other", HELLO_DIGEST))
        .hasMessageContaining(HELLO_DIGEST.toString())
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
  }

  @Test
  void asksTheStoreForTheSameWhateverAnotherTenantHas() {
    // Given
    List<String> alone = requestsForHello(new InMemoryObjectStore(), directory.resolve("alone"));
    blobs().file("acme", blobs().put("acme", HELLO));

    // When
    List<String> beside = requestsForHello(store, directory.resolve("cache"));

    // Then
    assertThat(beside).isEqualTo(alone).allMatch(request -> request.contains(" umbra/"));
    assertThat(requestsForHello(store, directory.resolve("cache"))).isNotEqualTo(alone);
  }

  /** What umbra asks the store for when it puts and reads a blob. */
  private static List<String> requestsForHello(ObjectStore store, Path cache) {
    CountingStore counting = new CountingStore(store);
    BlobStore blobs = new BlobStore(counting, cache);
    blobs.file("umbra", blobs.put("umbra", HELLO));
    return counting.requests();
  }

  @Test
  void keepsTheCopiesOfTenantsApart() throws IOException {
    BlobStore blobs = blobs();
    blobs.put("acme", HELLO);
    Path theirs = blobs.file("acme", HELLO_DIGEST);

    assertThatThrownBy(() -> blobs.file("umbra", HELLO_DIGEST))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    blobs.put("umbra", HELLO);
    Path ours = blobs.file("umbra", HELLO_DIGEST);
    Files.writeString(theirs, "jello");

    assertThat(theirs).startsWith(directory.resolve("cache/acme"));
    assertThat(ours).startsWith(directory.resolve("cache/umbra"));
    assertThat(blobs.file("umbra", HELLO_DIGEST)).isEqualTo(ours).hasBinaryContent(HELLO);
  }

  @Test
  void mendsADamagedBlobThatIsPutAgain() throws IOException {
    blobs().put("default", HELLO);
    store.corrupt(BlobStore.key("default", HELLO_DIGEST));
    assertThatThrownBy(() -> blobs().get("default", HELLO_DIGEST))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_LOSS));

    blobs().put("default", HELLO);

    assertThat(blobs().get("default", HELLO_DIGEST)).isEqualTo(HELLO);
    store.corrupt(BlobStore.key("default", HELLO_DIGEST));
    blobs().put("default", Files.write(directory.resolve("hello"), HELLO));
    assertThat(blobs().get("default", HELLO_DIGEST)).isEqualTo(HELLO);
  }

  @Test
  void downloadsAFileOnceForManyThreads() throws IOException {
    BlobStore blobs = blobs();
    blobs.put("default", HELLO);

    long paths =
        IntStream.range(0, 64)
            .parallel()
            .mapToObj(i -> blobs.file("default", HELLO_DIGEST))
            .distinct()
            .count();

    assertThat(paths).isEqualTo(1);
    assertThat(filesInCache()).isEqualTo(1);
    assertThat(blobs.file("default", HELLO_DIGEST)).hasBinaryContent(HELLO);
  }

  @Test
  void replacesACopyThatAnotherProcessDamaged() throws IOException {
    blobs().put("default", HELLO);
    Path copy = blobs().file("default", HELLO_DIGEST);
    Files.writeString(copy, "jello");

    Path again = blobs().file("default", HELLO_DIGEST);

    assertThat(again).isEqualTo(copy).hasBinaryContent(HELLO);
  }

  @Test
  void leavesNothingBehindAfterADamagedDownload() throws IOException {
    blobs().put("default", HELLO);
    store.corrupt(BlobStore.key("default", HELLO_DIGEST));

    assertThatThrownBy(() -> blobs().file("default", HELLO_DIGEST))
        .hasMessageContaining(HELLO_DIGEST.toString());
    assertThat(filesInCache()).isZero();
  }

  @Test
  void removesTheCopiesUnusedForLongestBeyondItsBound() throws IOException {
    BlobStore blobs = new BlobStore(store, directory.resolve("cache"), 10);
    Path old = blobs.file("default", blobs.put("default", "12345".getBytes(UTF_8)));
    Path recent = blobs.file("default", blobs.put("default", "abcde".getBytes(UTF_8)));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(1))));

    blobs.file("default", blobs.put("default", HELLO));

    assertThat(old).doesNotExist();
    assertThat(recent).exists();
    Digest digest = Digest.of("12345".getBytes(UTF_8));
    assertThat(blobs.file("default", digest)).hasContent("12345");
  }

  @Test
  void refusesDigestsThatAreNone() {
    for (String text : new String[] {"", "sha256:", "sha256:ABC", HELLO_DIGEST.hex(), "md5:00"}) {
      assertThatThrownBy(() -> Digest.parse(text)).as(text).isInstanceOf(HemlockException.class);
    }
    assertThat(Digest.parse(HELLO_DIGEST.toString())).isEqualTo(HELLO_DIGEST);
  }
}
