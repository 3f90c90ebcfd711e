package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.poison.v1.FlipManifest;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Keeps flip manifests at {@code {tenant}/flips/{64 hex}}, apart from the blobs because they are
 * secret from the defence side: canonical JSON, gzipped, under the SHA-256 of the JSON. How well it
 * is compressed may differ between two writers; what it holds doesn't.
 */
@ApplicationScoped
public class FlipManifests {
  private final ObjectStore store;

  /** Keeps them in {@code store}. */
  public FlipManifests(ObjectStore store) {
    this.store = store;
  }

  /**
   * Stores a manifest. Storing it again changes nothing.
   *
   * @return the SHA-256 of its canonical JSON
   * @throws HemlockException DATA_LOSS if what was stored before is damaged
   */
  public Digest put(FlipManifest manifest) {
    byte[] json = CanonicalJson.of(manifest);
    Digest digest = Digest.of(json);
    if (!store.create(key(digest), gzip(json))) {
      read(digest);
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

  /** What does not match its digest never is in memory, whatever it unpacks to. */
  private byte[] read(Digest digest) {
    byte[] stored = store.read(key(digest)).orElseThrow(() -> damaged(digest));
    try {
      MessageDigest sha256 = Digest.sha256();
      try (InputStream in = unpacked(stored)) {
        in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
      }
      if (Digest.ofRaw(sha256.digest()).equals(digest)) {
        try (InputStream in = unpacked(stored)) {
          return in.readAllBytes();
        }
      }
    } catch (IOException e) {
      throw damaged(digest).because(e);
    }
    throw damaged(digest);
  }

  private static InputStream unpacked(byte[] stored) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(stored));
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzipped)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return gzipped.toByteArray();
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
