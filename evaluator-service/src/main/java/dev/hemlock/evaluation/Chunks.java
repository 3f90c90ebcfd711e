package dev.hemlock.evaluation;

import com.google.protobuf.ByteString;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.function.Consumer;

/** Blobs in pieces of at most 1 MiB. */
final class Chunks {
  private static final int LARGEST = 1 << 20;

  private Chunks() {}

  /** Reads a verified blob to its end, piece by piece. */
  static void forEach(BlobStore blobs, Digest digest, Consumer<ByteString> consumer)
      throws IOException {
    try (InputStream in = Files.newInputStream(blobs.file(Tenant.current(), digest))) {
      for (byte[] chunk = in.readNBytes(LARGEST);
          chunk.length > 0;
          chunk = in.readNBytes(LARGEST)) {
        consumer.accept(ByteString.copyFrom(chunk));
      }
    }
  }
}
