package dev.hemlock.common.storage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** Where objects are kept. */
@ConfigMapping(prefix = "hemlock.storage")
public interface StorageConfig {
  /** Good for loopback only; a process refuses to start with it anywhere else. */
  String DEFAULT_SECRET_KEY = "hemlock-secret";

  /** The S3 endpoint, {@code http://} or {@code https://}; buckets are addressed by path. */
  @WithDefault("http://127.0.0.1:9100")
  URI endpoint();

  /** The region that requests are signed for. */
  @WithDefault("us-east-1")
  String region();

  /** The identity that signs requests. */
  @WithDefault("hemlock")
  String accessKey();

  /** Its secret. */
  @WithDefault(DEFAULT_SECRET_KEY)
  String secretKey();

  /** The bucket; created if it is missing. Three letters or more. */
  @WithDefault("hemlock")
  String bucket();

  /** How long a starting process waits for a store that doesn't answer yet. */
  @WithDefault("60S")
  Duration patience();

  /** Where verified copies of blobs are kept for memory mapping. */
  @WithDefault("${java.io.tmpdir}/hemlock-cache-${user.name}")
  Path cacheDir();

  /** Bytes of copies beyond which those unused for longest are removed. */
  @WithDefault("8589934592")
  long cacheBytes();
}
