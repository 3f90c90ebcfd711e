package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.hemlock.common.error.HemlockException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The blobs of a tenant that nothing reaches. Roots are all other objects of the tenant (manifests,
 * specs, results, flips): what names a blob's digest, whatever it is, reaches it; a JSON blob that is
 * reached reaches further ones.
 *
 * <p>Safe against writers, who write a blob first and its reference within {@code minAge}: a blob is
 * old only if nobody has put it for that long by the store's own clock, roots are read after the
 * blobs were listed, and a blob is deleted only under a mark, after its age was looked at once more.
 * {@link #renew} is the writers' half of that.
 */
@Singleton
public final class Garbage {
  /** A mark older than this is of a collection that died, and counts for nothing. */
  private static final Duration STALE = Duration.ofHours(1);

  private static final Pattern DIGEST = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");
  private static final int LOOKS = 40;
  private static final long PAUSE_MILLIS = 50;

  private final ObjectStore store;

  public Garbage(ObjectStore store) {
    this.store = store;
  }

  /**
   * What there is.
   *
   * @param blobs all of them
   * @param bytes of all of them
   * @param garbage the old ones that nothing reaches, sorted
   * @param before blobs last put before this are old, by the store's clock
   */
  public record Found(int blobs, long bytes, List<StoredObject> garbage, Instant before) {
    public long garbageBytes() {
      return garbage.stream().mapToLong(StoredObject::size).sum();
    }
  }

  /**
   * Looks, and deletes nothing.
   *
   * @param minAge how long after a blob was put at the latest its reference is written
   * @throws HemlockException DATA_LOSS if a root is damaged, since nobody knows what it reaches
   */
  public Found find(String tenant, Duration minAge) {
    Instant before = now(tenant).minus(minAge);
    List<StoredObject> blobs = store.list(BlobStore.prefix(tenant));
    Set<String> reached = reached(tenant, blobs);
    return new Found(
        blobs.size(),
        blobs.stream().mapToLong(StoredObject::size).sum(),
        blobs.stream()
            .filter(blob -> blob.lastModified().isBefore(before))
            .filter(blob -> !reached.contains(hex(blob)))
            .toList(),
        before);
  }

  /** Deletes what was found and is still old, and says how many that were. */
  public int delete(String tenant, Found found) {
    return (int) found.garbage().stream().filter(blob -> delete(tenant, blob, found)).count();
  }

  private boolean delete(String tenant, StoredObject blob, Found found) {
    String mark = mark(tenant, hex(blob));
    store
        .find(mark)
        .filter(other -> other.lastModified().plus(STALE).isBefore(now(tenant)))
        .ifPresent(stale -> store.delete(mark));
    if (!store.create(mark, UUID.randomUUID().toString().getBytes(ISO_8859_1))) {
      return false;
    }
    boolean old =
        store
            .find(blob.key())
            .filter(now -> now.lastModified().isBefore(found.before()))
            .isPresent();
    if (old) {
      store.delete(blob.key());
    }
    // Not if one of these fails: a deletion that gave no answer may still happen, under the mark.
    store.delete(mark);
    return old;
  }

  /**
   * Writes a blob that is there already once more, until no collection can have taken it since.
   *
   * @throws HemlockException UNAVAILABLE if a collection holds its mark for seconds
   */
  static void renew(ObjectStore store, String tenant, Digest digest, Runnable write) {
    for (int look = 0; look < LOOKS; look++) {
      write.run();
      // The mark first: whoever took it away before this look has deleted before it.
      var mark = store.find(mark(tenant, digest.hex()));
      var blob = store.find(BlobStore.key(tenant, digest));
      if (blob.isPresent()
          && mark.filter(m -> !m.lastModified().plus(STALE).isBefore(blob.get().lastModified()))
              .isEmpty()) {
        return;
      }
      pause();
    }
    throw HemlockException.unavailable(
            "The blob %s is being collected as garbage; try again".formatted(digest))
        .with("digest", digest.toString());
  }

  private Set<String> reached(String tenant, List<StoredObject> blobs) {
    Map<String, StoredObject> byHex =
        blobs.stream().collect(Collectors.toMap(Garbage::hex, Function.identity()));
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    for (StoredObject root : store.list(tenant + "/")) {
      if (!isBlobOrPart(tenant, root.key())) {
        store.read(root.key()).ifPresent(bytes -> reach(bytes, byHex, reached, open));
      }
    }
    while (!open.isEmpty()) {
      reach(document(byHex.get(open.pop())), byHex, reached, open);
    }
    return reached;
  }

  private static void reach(
      byte[] document, Map<String, StoredObject> blobs, Set<String> reached, Deque<String> open) {
    Matcher digests = DIGEST.matcher(new String(document, ISO_8859_1));
    while (digests.find()) {
      if (blobs.containsKey(digests.group()) && reached.add(digests.group())) {
        open.push(digests.group());
      }
    }
  }

  /** Parts of checkpoints are large and name no blob. */
  private static boolean isBlobOrPart(String tenant, String key) {
    return key.startsWith(tenant + "/blobs/") || key.contains("/checkpoints/");
  }

  /** The bytes of a blob that is a JSON object; nothing of any other. */
  private byte[] document(StoredObject blob) {
    try (InputStream in = store.open(blob.key())) {
      return in.read() == '{' ? in.readAllBytes() : new byte[0];
    } catch (IOException e) {
      throw HemlockException.unavailable("The store stopped sending " + blob.key()).because(e);
    }
  }

  /** The store's clock; some stores cut it to seconds, which makes a blob younger. */
  private Instant now(String tenant) {
    String clock = tenant + "/collections/clock";
    store.overwrite(clock, new byte[] {'{', '}'});
    return store.find(clock).orElseThrow().lastModified();
  }

  private static String mark(String tenant, String hex) {
    return tenant + "/collections/marks/" + hex;
  }

  private static String hex(StoredObject blob) {
    return blob.key().substring(blob.key().lastIndexOf('/') + 1);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HemlockException.unavailable("Interrupted while a blob was being collected").because(e);
    }
  }
}
