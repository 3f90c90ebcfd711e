package dev.hemlock.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 server over a directory, inside this process and on loopback only. It honours {@code
 * If-None-Match: *}: of several writers that race for one key exactly one wins.
 *
 * <p>A bucket is a directory and needs a name of three letters or more.
 */
public final class EmbeddedStore implements AutoCloseable {
  private final S3Proxy server;
  private final FilesystemNio2BlobStore files;

  private EmbeddedStore(S3Proxy server, FilesystemNio2BlobStore files) {
    this.server = server;
    this.files = files;
  }

  /**
   * Starts a store and returns when it accepts clients.
   *
   * @param directory holds the buckets
   * @param port the loopback port, or 0 for any free one
   * @param accessKey the one identity that may sign requests (AWS signature version 4)
   * @param secretKey its secret
   * @throws IOException if the directory can't be made or the port is taken
   */
  public static EmbeddedStore start(Path directory, int port, String accessKey, String secretKey)
      throws IOException {
    Path root = Files.createDirectories(directory.toAbsolutePath());
    FilesystemNio2BlobStore files = new FilesystemNio2BlobStore(root.toString());
    S3Proxy server =
        S3Proxy.builder()
            .endpoint(URI.create("http://" + Loopback.HOST + ":" + port))
            .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
            .blobStore(files)
            .build();
    AccessGrant grant = new AccessGrant(secretKey, files);
    server.setBlobStoreLocator(
        (identity, bucket, key) -> accessKey.equals(identity) ? grant : null);
    try {
      server.start();
    } catch (Exception e) {
      files.close();
      throw new IOException("Could not start the embedded store on port " + port, e);
    }
    return new EmbeddedStore(server, files);
  }

  /** The URL that an S3 client is given, with path-style buckets. */
  public URI endpoint() {
    return URI.create("http://" + Loopback.HOST + ":" + server.getPort());
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("Could not stop the embedded store", e);
    } finally {
      files.close();
    }
  }
}
