package dev.hemlock.common.storage;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Objects in one bucket of an S3 server. */
public final class MinioObjectStore implements ObjectStore {
  public MinioObjectStore(URI endpoint, String region, String accessKey, String secretKey, String bucket) {}

  /** Connects, creates the bucket if it is missing, and probes conditional writes. */
  public static MinioObjectStore connect(StorageConfig config) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean create(String key, byte[] bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean create(String key, Path file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void overwrite(String key, byte[] bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<byte[]> read(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream open(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean exists(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<StoredObject> list(String prefix) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Page<String> folders(String prefix, String after, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(String key) {
    throw new UnsupportedOperationException();
  }
}
