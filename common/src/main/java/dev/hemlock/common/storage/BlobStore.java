package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.ObjectStore.Creation;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Immutable bytes by their SHA-256, under {@code {tenant}/blobs/sha256/{2 hex}/{64 hex}}, verified on
 * every read. What is put again is written again, which mends a damaged object and makes it young
 * for {@link Garbage}. Threads and processes may share the store and the cache directory.
 */
public final class BlobStore {
  private final ObjectStore store;
  private final BlobCache cache;

  /** A store whose cache removes what was unused for longest beyond 8 GiB. */
  public BlobStore(ObjectStore store, Path cacheDirectory) {
    this(store, cacheDirectory, 8L << 30);
  }

  /**
   * A store.
   *
   * @param cacheDirectory holds verified copies for {@link #file}; made when first needed
   * @param cacheBytes beyond these, copies that were unused for longest are removed
   */
  public BlobStore(ObjectStore store, Path cacheDirectory, long cacheBytes) {
    this.store = store;
    this.cache = new BlobCache(cacheDirectory, cacheBytes);
  }

  /** Stores some bytes. They stay at least as long as {@link Garbage} spares what is young. */
  public Digest put(String tenant, byte[] bytes) {
    Digest digest = Digest.of(bytes);
    String key = key(tenant, digest);
    if (store.tryCreate(key, bytes) != Creation.CREATED) {
      Garbage.renew(store, tenant, digest, () -> store.overwrite(key, bytes));
    }
    return digest;
  }

  /** As {@link #put(String, byte[])}, with the bytes of a file that doesn't change meanwhile. */
  public Digest put(String tenant, Path file) {
    Digest digest = Digest.of(file);
    String key = key(tenant, digest);
    if (store.tryCreate(key, file) != Creation.CREATED) {
      Garbage.renew(store, tenant, digest, () -> store.overwrite(key, file));
    }
    return digest;
  }

  /**
   * The bytes of a blob.
   *
   * @throws HemlockException NOT_FOUND if it is missing, DATA_LOSS if it doesn't match its digest
   */
  public byte[] get(String tenant, Digest digest) {
    byte[] bytes = store.read(key(tenant, digest)).orElseThrow(() -> missing(digest));
    if (!Digest.of(bytes).equals(digest)) {
      throw damaged(digest);
    }
    return bytes;
  }

  /**
   * A verified local copy, for memory mapping. Map or open it at once: an unused copy can be
   * removed once it is more than a few minutes old, which a mapping survives.
   *
   * @throws HemlockException NOT_FOUND if it is missing, DATA_LOSS if it doesn't match its digest,
   *     UNAVAILABLE if the cache directory can't be written
   */
  public Path file(String tenant, Digest digest) {
    return cache.file(tenant, digest, () -> open(tenant, digest));
  }

  /** Whether there is a blob; it isn't read. */
  public boolean exists(String tenant, Digest digest) {
    return store.exists(key(tenant, digest));
  }

  /** Bytes of all blobs of a tenant, by listing them. */
  public long bytes(String tenant) {
    return store.list(prefix(tenant)).stream().mapToLong(StoredObject::size).sum();
  }

  /** Where a tenant's blobs are kept. */
  static String prefix(String tenant) {
    return tenant + "/blobs/sha256/";
  }

  /** Where a blob is kept. */
  public static String key(String tenant, Digest digest) {
    return prefix(tenant) + digest.hex().substring(0, 2) + "/" + digest.hex();
  }

  private InputStream open(String tenant, Digest digest) {
    return store.open(key(tenant, digest));
  }

  private static HemlockException missing(Digest digest) {
    return HemlockException.notFound("There is no blob " + digest)
        .with("digest", digest.toString());
  }

  static HemlockException damaged(Digest digest) {
    return HemlockException.dataLoss(
            "The stored bytes of " + digest + " do not match this digest; restore the object")
        .with("digest", digest.toString());
  }
}
