package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.poison.v1.FlipManifest;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Keeps flip manifests at {@code {tenant}/flips/{64 hex}}, apart from the blobs because they are
 * secret from the defence side.
 */
@ApplicationScoped
public class FlipManifests {
  private final ObjectStore store;

  /** Keeps them in {@code store}. */
  public FlipManifests(ObjectStore store) {
    this.store = store;
  }

  /**
   * Stores a manifest as canonical JSON. Storing it again changes nothing.
   *
   * @return the SHA-256 of the stored bytes
   */
  public Digest put(FlipManifest manifest) {
    byte[] bytes = CanonicalJson.of(manifest);
    Digest digest = Digest.of(bytes);
    if (!store.create(key(digest), bytes)) {
      throw damaged(digest);
    }
    return digest;
  }

  /**
   * Reads a manifest back.
   *
   * @throws HemlockException DATA_LOSS if it is missing or does not match its digest
   */
  public FlipManifest get(Digest digest) {
    return ProtoJson.parse(read(digest), FlipManifest.newBuilder()).build();
  }

  private byte[] read(Digest digest) {
    byte[] bytes = store.read(key(digest)).orElseThrow(() -> damaged(digest));
    if (!Digest.of(bytes).equals(digest)) {
      throw damaged(digest);
    }
    return bytes;
  }

  private static String key(Digest digest) {
    return Tenant.current() + "/flips/" + digest.hex();
  }

  private static HemlockException damaged(Digest digest) {
    return HemlockException.dataLoss(
            "The flip manifest %s is missing or damaged; restore it from a backup"
                .formatted(digest))
        .with("digest", digest.toString());
  }
}
