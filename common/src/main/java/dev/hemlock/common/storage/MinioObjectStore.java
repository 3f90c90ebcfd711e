package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.InsufficientDataException;
import io.minio.errors.InternalException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
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
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Objects in one bucket of an S3 server, addressed by path.
 *
 * <p>Each object is one PUT whatever its size (up to 5 GiB), since only a single PUT is created
 * conditionally by every server. The client signs the SHA-256 of the body, so the server refuses
 * what was damaged on the wire; the same digest is kept as user metadata, which tells after a lost
 * answer whose object is there, and shows damage when an object is read.
 */
public final class MinioObjectStore implements ObjectStore {
  private static final int ATTEMPTS = 4;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MAX_OBJECT_BYTES = 5L << 30;
  private static final String SHA256 = "sha256";
  private static final Map<String, String> IF_ABSENT = Map.of("If-None-Match", "*");
  private static final Set<String> DAMAGED_ON_THE_WIRE =
      Set.of("BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "RequestTimeout");

  private final MinioClient client;
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
    this.endpoint = endpoint;
    this.bucket = bucket;
    this.client =
        MinioClient.builder()
            .endpoint(endpoint.toString())
            .region(region)
            .credentials(accessKey, secretKey)
            .httpClient(HttpClients.forStore(), true)
            .build();
  }

  /** Creates the bucket unless it is there. */
  public void createBucket() {
    retrying(
        "the bucket",
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
  public boolean create(String key, byte[] bytes) {
    Digest digest = Digest.of(bytes);
    return create(key, digest, bytes.length, () -> put(key, bytes, digest, IF_ABSENT));
  }

  @Override
  public boolean create(String key, Path file) {
    Digest digest = Digest.of(file);
    long size = sizeOf(file);
    UploadObjectArgs.Builder upload =
        UploadObjectArgs.builder()
            .bucket(bucket)
            .object(key)
            .contentType("application/octet-stream")
            .userMetadata(Map.of(SHA256, digest.hex()))
            .extraHeaders(IF_ABSENT);
    return create(
        key,
        digest,
        size,
        () -> client.uploadObject(upload.filename(file.toString(), MAX_OBJECT_BYTES).build()));
  }

  private boolean create(String key, Digest digest, long size, Call<?> write) {
    for (int attempt = 1; ; attempt++) {
      try {
        write.run();
        return true;
      } catch (Exception e) {
        boolean refused = status(e) == 412;
        if (!refused && !retryable(e)) {
          throw failure(key, e);
        }
        Optional<Boolean> same = holds(key, digest, size, e);
        if (same.isPresent()) {
          return same.get();
        }
        if (attempt == ATTEMPTS) {
          throw failure(key, e);
        }
        pause(attempt);
      }
    }
  }

  /** Whether the object under the key has these bytes; nothing if there is none. */
  private Optional<Boolean> holds(String key, Digest digest, long size, Exception doubt) {
    try {
      return retrying(key, () -> stat(key))
          .map(found -> found.size() == size && digestOf(key, found).equals(digest));
    } catch (HemlockException e) {
      e.addSuppressed(doubt);
      throw e;
    }
  }

  private Digest digestOf(String key, StatObjectResponse found) {
    String recorded = found.userMetadata().get(SHA256);
    if (recorded != null) {
      return new Digest(recorded);
    }
    return Digest.of(read(key).orElse(new byte[0]));
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    Digest digest = Digest.of(bytes);
    retrying(key, () -> put(key, bytes, digest, Map.of()));
  }

  private Object put(String key, byte[] bytes, Digest digest, Map<String, String> headers)
      throws Exception {
    return client.putObject(
        PutObjectArgs.builder().bucket(bucket).object(key).stream(
                new ByteArrayInputStream(bytes), bytes.length, MAX_OBJECT_BYTES)
            .userMetadata(Map.of(SHA256, digest.hex()))
            .extraHeaders(headers)
            .build());
  }

  @Override
  public Optional<byte[]> read(String key) {
    return retrying(
        key,
        () -> {
          try (GetObjectResponse response = get(key)) {
            byte[] bytes = response.readAllBytes();
            String recorded = response.headers().get("x-amz-meta-" + SHA256);
            if (recorded != null && !recorded.equals(Digest.of(bytes).hex())) {
              throw HemlockException.dataLoss(
                      "The stored bytes of %s do not match sha256:%s; restore the object"
                          .formatted(key, recorded))
                  .with("key", key)
                  .with("digest", "sha256:" + recorded);
            }
            return Optional.of(bytes);
          } catch (ErrorResponseException e) {
            return emptyIfMissing(e);
          }
        });
  }

  @Override
  public InputStream open(String key) {
    return retrying(
            key,
            () -> {
              try {
                return Optional.<InputStream>of(get(key));
              } catch (ErrorResponseException e) {
                return MinioObjectStore.<InputStream>emptyIfMissing(e);
              }
            })
        .orElseThrow(
            () -> HemlockException.notFound("There is no object " + key).with("key", key));
  }

  private GetObjectResponse get(String key) throws Exception {
    return client.getObject(GetObjectArgs.builder().bucket(bucket).object(key).build());
  }

  @Override
  public boolean exists(String key) {
    return retrying(key, () -> stat(key)).isPresent();
  }

  private Optional<StatObjectResponse> stat(String key) throws Exception {
    try {
      return Optional.of(
          client.statObject(StatObjectArgs.builder().bucket(bucket).object(key).build()));
    } catch (ErrorResponseException e) {
      return emptyIfMissing(e);
    }
  }

  @Override
  public List<StoredObject> list(String prefix) {
    return retrying(
        prefix,
        () -> {
          List<StoredObject> objects = new ArrayList<>();
          for (Result<Item> result :
              client.listObjects(
                  ListObjectsArgs.builder().bucket(bucket).prefix(prefix).recursive(true).build())) {
            Item item = result.get();
            objects.add(
                new StoredObject(
                    item.objectName(), item.size(), item.lastModified().toInstant()));
          }
          return objects;
        });
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    return retrying(
        prefix,
        () -> {
          List<String> tokens = new ArrayList<>();
          for (Result<Item> result : client.listObjects(below(prefix, after, limit))) {
            String token = result.get().objectName().substring(prefix.length());
            if (FolderPage.isAfter(token, after)) {
              if (tokens.size() == limit) {
                return FolderPage.of(tokens, true);
              }
              tokens.add(token);
            }
          }
          return FolderPage.of(tokens, false);
        });
  }

  private ListObjectsArgs below(String prefix, String after, int limit) {
    ListObjectsArgs.Builder args =
        ListObjectsArgs.builder()
            .bucket(bucket)
            .prefix(prefix)
            .recursive(false)
            .maxKeys(Math.min(1000, limit + 2));
    return (after.isEmpty() ? args : args.startAfter(prefix + after)).build();
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
      } catch (HemlockException e) {
        throw e;
      } catch (Exception e) {
        if (attempt == ATTEMPTS || !retryable(e)) {
          throw failure(key, e);
        }
        pause(attempt);
      }
    }
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

  private static <T> Optional<T> emptyIfMissing(ErrorResponseException e)
      throws ErrorResponseException {
    if (Set.of("NoSuchKey", "NoSuchObject").contains(e.errorResponse().code())) {
      return Optional.empty();
    }
    throw e;
  }

  private static int status(Exception e) {
    if (e instanceof ErrorResponseException response) {
      return response.response().code();
    }
    if (e instanceof ServerException server) {
      return server.statusCode();
    }
    return 0;
  }

  /** The client wraps I/O errors in several ways, also in IllegalStateException. */
  private static boolean retryable(Exception e) {
    int status = status(e);
    if (e instanceof ErrorResponseException response) {
      return status == 409
          || status == 429
          || status >= 500
          || DAMAGED_ON_THE_WIRE.contains(response.errorResponse().code());
    }
    return e instanceof ServerException
        || e instanceof IOException
        || e instanceof InvalidResponseException
        || e instanceof InsufficientDataException
        || e instanceof InternalException
        || e instanceof XmlParserException
        || (e instanceof RuntimeException && !(e instanceof IllegalArgumentException));
  }

  private HemlockException failure(String key, Exception e) {
    String code = e instanceof ErrorResponseException r ? r.errorResponse().code() : "";
    HemlockException failure =
        switch (code) {
          case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
              HemlockException.failedPrecondition(
                  "The object store at %s refused the credentials (%s); set hemlock.storage.access-key"
                          .formatted(endpoint, code)
                      + " and hemlock.storage.secret-key");
          case "NoSuchBucket", "InvalidBucketName" ->
              HemlockException.failedPrecondition(
                  "The object store at %s has no bucket %s (%s); set hemlock.storage.bucket"
                      .formatted(endpoint, bucket, code));
          default ->
              new HemlockException(
                  retryable(e) ? Reason.UNAVAILABLE : Reason.FAILED_PRECONDITION,
                  "The object store at %s could not serve %s (%s); check hemlock.storage.endpoint"
                          .formatted(endpoint, key, code.isEmpty() ? e.getMessage() : code)
                      + " and the store's health");
        };
    return failure.with("endpoint", endpoint.toString()).with("key", key).because(e);
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
}
