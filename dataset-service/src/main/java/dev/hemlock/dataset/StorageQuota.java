package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.BlobStore;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How many bytes of blobs a tenant may hold. The tenant's blobs are listed for each import, so
 * imports at the same time can pass the quota together.
 */
final class StorageQuota {

  private static final String KEY = "hemlock.dataset.quota.stored-bytes";

  private final OptionalLong most;
  private final BlobStore blobs;

  /**
   * A quota.
   *
   * @param most empty for none
   */
  StorageQuota(OptionalLong most, BlobStore blobs) {
    this.most = most;
    this.blobs = blobs;
  }

  /**
   * Makes sure that there is room for an import.
   *
   * @param size bytes of its blobs
   * @param fresh bytes of those blobs of it that are not stored yet; asked for only near the quota
   * @throws HemlockException RESOURCE_EXHAUSTED if there is not
   */
  void require(String tenant, long size, LongSupplier fresh) {
    if (most.isEmpty()) {
      return;
    }
    long stored = blobs.bytes(tenant);
    if (stored + size <= most.getAsLong()) {
      return;
    }
    long added = fresh.getAsLong();
    if (added > 0 && stored + added > most.getAsLong()) {
      throw HemlockException.resourceExhausted(
              ("The tenant %s stores %d bytes, and this import would add %d; %s allows %d. Import"
                      + " less, or collect what nothing needs (hemlock gc --delete).")
                  .formatted(tenant, stored, added, KEY, most.getAsLong()))
          .with("tenant", tenant)
          .with("key", KEY)
          .with("stored", Long.toString(stored))
          .with("added", Long.toString(added))
          .with("quota", Long.toString(most.getAsLong()));
    }
  }
}
