package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.tls.Trust;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadObjectArgs;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;

/**
 * Objects in one bucket of an S3 server, addressed by path.
 *
 * <p>Each object is one PUT whatever its size (up to 5 GiB), since only a single PUT is created
 * conditionally by every server. The client signs the SHA-256 of the body, so the server refuses
 * what was damaged on the wire; the same digest is kept as user metadata, which tells after a lost
 * answer whose object is there, and shows damage when an object is read.
 */
public final class MinioObjectStore implements ObjectStore {
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 4;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MAX_OBJECT_BYTES = 5L << 30;
  private static final String SHA256 = "sha256";
  private static final Map<String, String> IF_ABSENT = Map.of("If-None-Match", "*");

  private final MinioClient client;
  private final MinioFolders folders;
  private final URI endpoint;
  private final String bucket;

  /**
   * A store. Nothing is sent yet; see {@link StorageStart}.
   *
   * @param region what requests are signed for
   * @param bucket three letters or more
   */
  public MinioObjectStore(
      URI endpoint, String region, String accessKey, String secretKey, String bucket) {
    this(endpoint, region, accessKey, secretKey, bucket, Trust.of(Optional.empty()));
  }

  /**
   * The same.
   *
   * @param trust whose certificates the server may have
   */
  MinioObjectStore(
      URI endpoint, String region, String accessKey, String secretKey, String bucket, Trust trust) {
    this(endpoint, region, accessKey, secretKey, bucket, trust, SILENCE);
  }

  /**
   * The same.
   *
   * @param silence how long the server may keep quiet; then it counts as away and isn't asked again
   */
  MinioObjectStore(
      URI endpoint,
      String region,
      String accessKey,
      String secretKey,
      String bucket,
      Trust trust,
      Duration silence) {
    this(endpoint, region, new StaticProvider(accessKey, secretKey, null), bucket, trust, silence);
  }

  MinioObjectStore(
      URI endpoint,
      String region,
      Provider credentials,
      String bucket,
      Trust trust,
      Duration silence) {
    this.endpoint = endpoint;
    this.bucket = bucket;
    OkHttpClient http = HttpClients.forStore(trust, silence);
    this.client =
        MinioClient.builder()
            .endpoint(endpoint.toString())
            .region(region)
            .credentialsProvider(credentials)
            .httpClient(http)
            .build();
    this.folders =
        new MinioFolders(
            MinioAsyncClient.builder()
                .endpoint(endpoint.toString())
                .region(region)
                .credentialsProvider(credentials)
                .httpClient(http)
                .build(),
            bucket);
  }

  /** Creates the bucket unless it is there. */
  void createBucket() {
    retrying(
        "the bucket " + bucket,
        () -> {
          if (!client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build())) {
            makeBucket();
          }
          return bucket;
        });
  }

  private void makeBucket() throws Exception {
    try {
      client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
    } catch (ErrorResponseException e) {
      if (!e.errorResponse().code().startsWith("BucketAlready")) {
        throw e;
      }
    }
  }

  @Override
  public Creation tryCreate(String key, byte[] bytes) {
    Digest digest = Digest.of(bytes);
    return create(
        key, digest, bytes.length, () -> put(key, bytes, Map.of(SHA256, digest.hex()), IF_ABSENT));
  }

  @Override
  public Creation tryCreate(String key, Path file) {
    Digest digest = Digest.of(file);
    return create(
        key, digest, sizeOf(file), () -> put(key, file, Map.of(SHA256, digest.hex()), IF_ABSENT));
  }

  private Creation create(String key, Digest digest, long size, Call<?> write) {
    for (int attempt = 1; ; attempt++) {
      try {
        write.run();
        return Creation.CREATED;
      } catch (Exception e) {
        if (!MinioErrors.refusedByCondition(e) && !MinioErrors.retryable(e)) {
          throw failure(key, e);
        }
        Optional<Boolean> same = holds(key, digest, size);
        if (same.isPresent()) {
          return same.get() ? Creation.SAME : Creation.OTHER;
        }
        if (attempt == ATTEMPTS || MinioErrors.silent(e)) {
          throw failure(key, e);
        }
        pause(attempt);
      }
    }
  }

  /** Whether the object under the key has these bytes; nothing if there is none. */
  private Optional<Boolean> holds(String key, Digest digest, long size) {
    return stat(key).map(found -> found.size() == size && digestOf(key, found).equals(digest));
  }

  private Digest digestOf(String key, StatObjectResponse found) {
    String recorded = found.userMetadata().get(SHA256);
    return recorded != null ? new Digest(recorded) : Digest.of(read(key).orElse(new byte[0]));
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    // No digest: not every server replaces bytes and metadata in one step.
    retrying(key, () -> put(key, bytes, Map.of(), Map.of()));
  }

  @Override
  public void overwrite(String key, Path file) {
    retrying(key, () -> put(key, file, Map.of(), Map.of()));
  }

  private Object put(
      String key, Path file, Map<String, String> metadata, Map<String, String> headers)
      throws Exception {
    return client.uploadObject(
        UploadObjectArgs.builder()
            .bucket(bucket)
            .object(key)
            .filename(file.toString(), MAX_OBJECT_BYTES)
            .contentType("application/octet-stream")
            .userMetadata(metadata)
            .extraHeaders(headers)
            .build());
  }

  private Object put(
      String key, byte[] bytes, Map<String, String> metadata, Map<String, String> headers)
      throws Exception {
    return client.putObject(
        PutObjectArgs.builder().bucket(bucket).object(key).stream(
                new ByteArrayInputStream(bytes), bytes.length, MAX_OBJECT_BYTES)
            .userMetadata(metadata)
            .extraHeaders(headers)
            .build());
  }

  @Override
  public Optional<byte[]> read(String key) {
    return retrying(
        key,
        () -> {
          try (MinioDownload download = download(key)) {
            byte[] bytes = download.readAllBytes();
            String recorded = download.header("x-amz-meta-" + SHA256);
            if (!recorded.isEmpty() && !recorded.equals(Digest.of(bytes).hex())) {
              throw damaged(key, recorded);
            }
            return Optional.of(bytes);
          } catch (MissingObject e) {
            return Optional.empty();
          }
        });
  }

  @Override
  public InputStream open(String key) {
    try {
      return download(key);
    } catch (MissingObject e) {
      throw HemlockException.notFound("There is no object " + key).with("key", key);
    }
  }

  private MinioDownload download(String key) {
    return new MinioDownload(
        new MinioDownload.Source() {
          @Override
          public GetObjectResponse open(long offset, String etag) {
            return get(key, offset, etag);
          }

          @Override
          public HemlockException explain(long offset, String etag, IOException e) {
            return whyCut(key, offset, etag, e);
          }
        });
  }

  private GetObjectResponse get(String key, long offset, String etag) {
    GetObjectArgs.Builder args = GetObjectArgs.builder().bucket(bucket).object(key);
    if (!etag.isEmpty()) {
      args.offset(offset).matchETag(etag);
    }
    try {
      return retrying(key, () -> get(args.build()));
    } catch (HemlockException e) {
      if (e.getCause() instanceof ErrorResponseException cause && MinioErrors.unreadable(cause)) {
        throw whyUnreadable(key, e);
      }
      throw e;
    }
  }

  private GetObjectResponse get(GetObjectArgs args) throws Exception {
    try {
      return client.getObject(args);
    } catch (ErrorResponseException e) {
      throw MinioErrors.missing(e) ? new MissingObject() : e;
    }
  }

  /** With its disks away MinIO can't read an object's metadata either; with damaged bytes it can. */
  private HemlockException whyUnreadable(String key, HemlockException failure) {
    return stat(key)
        .map(found -> damaged(key, found.userMetadata().getOrDefault(SHA256, "unknown")))
        .orElse(failure);
  }

  /**
   * MinIO breaks off where damaged bytes begin. Another place of the same object that can be read
   * at this moment, while this one can't, rules out the network and the server.
   */
  private HemlockException whyCut(String key, long offset, String etag, IOException failure) {
    if (offset > 0 && readable(key, 0, etag) && !readable(key, offset, etag)) {
      return stat(key)
          .map(found -> damaged(key, found.userMetadata().getOrDefault(SHA256, "unknown")))
          .orElseGet(() -> failure(key, failure));
    }
    return failure(key, failure);
  }

  private boolean readable(String key, long offset, String etag) {
    try (GetObjectResponse one =
        get(
            GetObjectArgs.builder()
                .bucket(bucket)
                .object(key)
                .offset(offset)
                .length(1L)
                .matchETag(etag)
                .build())) {
      return one.read() >= 0;
    } catch (Exception e) {
      return false;
    }
  }

  private static HemlockException damaged(String key, String recorded) {
    return HemlockException.dataLoss(
            "The stored bytes of %s do not match sha256:%s; restore the object"
                .formatted(key, recorded))
        .with("key", key)
        .with("digest", "sha256:" + recorded);
  }

  @Override
  public boolean exists(String key) {
    return stat(key).isPresent();
  }

  private Optional<StatObjectResponse> stat(String key) {
    return retrying(
        key,
        () -> {
          try {
            return Optional.of(
                client.statObject(StatObjectArgs.builder().bucket(bucket).object(key).build()));
          } catch (ErrorResponseException e) {
            if (MinioErrors.missing(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public List<StoredObject> list(String prefix) {
    ListObjectsArgs args =
        ListObjectsArgs.builder().bucket(bucket).prefix(prefix).recursive(true).build();
    return retrying(
        prefix,
        () -> {
          List<StoredObject> objects = new ArrayList<>();
          for (Result<Item> result : client.listObjects(args)) {
            Item item = result.get();
            objects.add(
                new StoredObject(item.objectName(), item.size(), item.lastModified().toInstant()));
          }
          return objects;
        });
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    return retrying(prefix, () -> folders.page(prefix, after, limit));
  }

  @Override
  public void delete(String key) {
    retrying(
        key,
        () -> {
          client.removeObject(RemoveObjectArgs.builder().bucket(bucket).object(key).build());
          return key;
        });
  }

  private <T> T retrying(String key, Call<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.run();
      } catch (HemlockException | MissingObject e) {
        throw e;
      } catch (Exception e) {
        if (attempt == ATTEMPTS || MinioErrors.silent(e) || !MinioErrors.retryable(e)) {
          throw failure(key, e);
        }
        pause(attempt);
      }
    }
  }

  private HemlockException failure(String key, Exception e) {
    return MinioErrors.failure(endpoint, bucket, key, e);
  }

  private static void pause(int attempt) {
    long millis = FIRST_PAUSE_MILLIS << attempt;
    try {
      TimeUnit.MILLISECONDS.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HemlockException.unavailable("Interrupted while waiting for the object store")
          .because(e);
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Call<T> {
    T run() throws Exception;
  }

  /** There is no such object. */
  private static final class MissingObject extends RuntimeException {
    private static final long serialVersionUID = 1;

    MissingObject() {
      super("", null, false, false);
    }
  }
}
