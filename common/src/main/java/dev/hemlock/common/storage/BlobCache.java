package dev.hemlock.common.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Supplier;

final class BlobCache {
  BlobCache(Path directory, long maxBytes) {}

  Path file(String tenant, Digest digest, Supplier<InputStream> download) {
    throw new UnsupportedOperationException();
  }
}
