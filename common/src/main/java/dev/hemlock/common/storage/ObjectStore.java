package dev.hemlock.common.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Objects by key. Only {@link #create} decides anything: of all callers that race for one key
 * exactly one creates the object, and it never changes afterwards.
 *
 * <p>Keys are UTF-8 without a leading or doubled slash. Every failure is a {@link
 * dev.hemlock.common.error.HemlockException}: UNAVAILABLE (retryable) when the store can't be
 * reached or answers with a server error, FAILED_PRECONDITION when it refuses the credentials or
 * the bucket.
 */
public interface ObjectStore {
  /**
   * Creates an object if there is none under the key. After any doubt (a cut connection, a refusal
   * after a retry) the object is read back.
   *
   * @return true if this call wrote the object or one with the same bytes is there; false if an
   *     object with other bytes is there
   */
  default boolean create(String key, byte[] bytes) {
    return tryCreate(key, bytes) != Creation.OTHER;
  }

  /** As {@link #create(String, byte[])}, with the bytes of a file. */
  default boolean create(String key, Path file) {
    return tryCreate(key, file) != Creation.OTHER;
  }

  /** As {@link #create(String, byte[])}, and says more about what was there. */
  Creation tryCreate(String key, byte[] bytes);

  /** As {@link #tryCreate(String, byte[])}, with the bytes of a file. */
  Creation tryCreate(String key, Path file);

  /** How an object came to be under its key. */
  enum Creation {
    /** This call wrote it. */
    CREATED,
    /** One that says it has the same bytes was there; it may be this call's own, if in doubt. */
    SAME,
    /** One with other bytes was there. */
    OTHER
  }

  /**
   * Writes an object whatever is there. For advisory objects, of which the last one counts, and for
   * blobs, which are the same whoever writes them.
   */
  void overwrite(String key, byte[] bytes);

  /** As {@link #overwrite(String, byte[])}, with the bytes of a file. */
  void overwrite(String key, Path file);

  /** The object under a key as a listing shows it. */
  default Optional<StoredObject> find(String key) {
    return list(key).stream().filter(object -> object.key().equals(key)).findFirst();
  }

  /** The bytes of an object, or nothing if there is none. */
  Optional<byte[]> read(String key);

  /**
   * The bytes of an object as a stream that the caller closes.
   *
   * @throws dev.hemlock.common.error.HemlockException NOT_FOUND
   */
  InputStream open(String key);

  /** Whether there is an object under the key. */
  boolean exists(String key);

  /** All objects whose key starts with the prefix, at any depth, sorted by key as UTF-8 bytes. */
  List<StoredObject> list(String prefix);

  /**
   * The distinct next path elements below a prefix that ends in a slash, sorted; objects right
   * below it count too.
   *
   * @param after only elements after this one; empty for the first page. The token of the page
   *     before fits here.
   * @param limit at most this many, from 1
   */
  Page<String> folders(String prefix, String after, int limit);

  /** Removes an object if it is there. For advisory objects, checkpoints and garbage only. */
  void delete(String key);
}
