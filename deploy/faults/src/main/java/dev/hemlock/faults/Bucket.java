package dev.hemlock.faults;

import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.SetBucketVersioningArgs;
import io.minio.messages.Item;
import io.minio.messages.VersioningConfiguration;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The store, looked at past the services and past the proxy. The bucket keeps the versions of each
 * object, so that a second write shows.
 */
final class Bucket {
  static final String NAME = "hemlock";

  private final MinioClient client;

  /** A version of an object; deletions are versions too. */
  record Version(String key, String id, boolean deleted) {}

  Bucket(URI endpoint, String accessKey, String secretKey) {
    client =
        MinioClient.builder()
            .endpoint(endpoint.toString())
            .region("us-east-1")
            .credentials(accessKey, secretKey)
            .build();
  }

  void create() throws Exception {
    client.makeBucket(MakeBucketArgs.builder().bucket(NAME).build());
    client.setBucketVersioning(
        SetBucketVersioningArgs.builder()
            .bucket(NAME)
            .config(new VersioningConfiguration(VersioningConfiguration.Status.ENABLED, false))
            .build());
  }

  Set<String> keys(String prefix) throws Exception {
    return times(prefix).keySet();
  }

  /** When each object was written. */
  SortedMap<String, Instant> times(String prefix) throws Exception {
    SortedMap<String, Instant> times = new TreeMap<>();
    for (Result<Item> result : list(prefix, false)) {
      Item item = result.get();
      times.put(item.objectName(), item.lastModified().toInstant());
    }
    return times;
  }

  List<Version> versions(String prefix) throws Exception {
    List<Version> versions = new ArrayList<>();
    for (Result<Item> result : list(prefix, true)) {
      Item item = result.get();
      versions.add(new Version(item.objectName(), item.versionId(), item.isDeleteMarker()));
    }
    return versions;
  }

  private Iterable<Result<Item>> list(String prefix, boolean versions) {
    return client.listObjects(
        ListObjectsArgs.builder()
            .bucket(NAME)
            .prefix(prefix)
            .recursive(true)
            .includeVersions(versions)
            .build());
  }

  byte[] read(String key) throws Exception {
    try (InputStream in =
        client.getObject(GetObjectArgs.builder().bucket(NAME).object(key).build())) {
      return in.readAllBytes();
    }
  }

  /** Removes everything but some objects, with all versions. */
  void wipe(Set<String> except) throws Exception {
    List<Version> gone =
        versions("").stream()
            .filter(version -> !except.contains(version.key()))
            .collect(Collectors.toList());
    for (Version version : gone) {
      client.removeObject(
          RemoveObjectArgs.builder()
              .bucket(NAME)
              .object(version.key())
              .versionId(version.id())
              .build());
    }
  }
}
