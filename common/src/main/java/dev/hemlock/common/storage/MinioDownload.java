package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import io.minio.GetObjectResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * An object's bytes. When the connection breaks off, it continues where it was; when that fails at
 * one place again and again, the source says why.
 */
final class MinioDownload extends InputStream {
  /** Where the bytes come from. */
  interface Source {
    /** Opens the object at an offset; with an etag, only if it is still the same object. */
    GetObjectResponse open(long offset, String etag);

    /** What to tell the reader of bytes that don't come. */
    HemlockException explain(long offset, String etag, IOException failure);
  }

  private static final int MAX_FRUITLESS = 3;

  private final Source source;
  private final String etag;
  private final long length;
  private GetObjectResponse response;
  private long position;
  private int fruitless;

  MinioDownload(Source source) {
    this.source = source;
    this.response = source.open(0, "");
    this.etag = Objects.requireNonNullElse(response.headers().get("ETag"), "").replace("\"", "");
    this.length =
        Long.parseLong(Objects.requireNonNullElse(response.headers().get("Content-Length"), "-1"));
  }

  /** A header of the object's first response, or an empty text. */
  String header(String name) {
    return Objects.requireNonNullElse(response.headers().get(name), "");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    while (true) {
      try {
        int n = response.read(target, offset, count);
        if (n < 0 && position < length) {
          throw new IOException(
              "The answer ended after %d of %d bytes".formatted(position, length));
        }
        if (n > 0) {
          position += n;
          fruitless = 0;
        }
        return n;
      } catch (IOException e) {
        response.close();
        if (++fruitless > MAX_FRUITLESS || etag.isEmpty()) {
          throw source.explain(position, etag, e);
        }
        response = source.open(position, etag);
      }
    }
  }

  @Override
  public void close() throws IOException {
    response.close();
  }
}
