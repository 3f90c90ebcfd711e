package dev.hemlock.common.storage;

import dev.hemlock.common.tls.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Stores for tests. */
public final class Stores {
  private Stores() {}

  /** A store that was probed, with its bucket created. */
  public static ObjectStore connect(
      URI endpoint, String accessKey, String secretKey, String bucket) {
    return StorageStart.connect(
        config(endpoint, accessKey, secretKey, bucket),
        Trust.of(Optional.empty()),
        Duration.ofSeconds(30));
  }

  static StorageConfig config(URI endpoint, String accessKey, String secretKey, String bucket) {
    return new StorageConfig() {
      @Override
      public URI endpoint() {
        return endpoint;
      }

      @Override
      public String region() {
        return "us-east-1";
      }

      @Override
      public String accessKey() {
        return accessKey;
      }

      @Override
      public String secretKey() {
        return secretKey;
      }

      @Override
      public String bucket() {
        return bucket;
      }

      @Override
      public Duration patience() {
        return Duration.ofSeconds(30);
      }

      @Override
      public Path cacheDir() {
        return Path.of("target", "blob-cache");
      }

      @Override
      public long cacheBytes() {
        return 1L << 30;
      }
    };
  }
}
