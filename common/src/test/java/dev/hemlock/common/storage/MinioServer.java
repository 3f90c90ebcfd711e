package dev.hemlock.common.storage;

import dev.hemlock.common.tls.Trust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real MinIO server in a process of its own, on a free loopback port. */
public final class MinioServer implements AutoCloseable {
  /** Its root identity. */
  public static final String ACCESS_KEY = "hemlock-test";

  /** The identity's secret. */
  public static final String SECRET_KEY = "hemlock-test-secret";

  private final ProcessBuilder command;
  private final URI endpoint;
  private final Path data;
  private final HttpClient http;
  private Process process;

  private MinioServer(ProcessBuilder command, URI endpoint, Path data, HttpClient http)
      throws IOException {
    this.http = http;
    this.command = command;
    this.endpoint = endpoint;
    this.data = data;
    this.process = command.start();
  }

  /** The program: {@code -Dhemlock.minio=...}, or deploy/.bin/minio at the root of the project. */
  public static Optional<Path> program() {
    return Stream.of(
            System.getProperty("hemlock.minio", ""),
            "deploy/.bin/minio",
            "../deploy/.bin/minio",
            "../.bin/minio")
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .map(Path::toAbsolutePath)
        .findFirst();
  }

  /** Starts a server and returns when it accepts clients. */
  public static MinioServer start(Path program, Path data) throws Exception {
    return start(program, data, Optional.empty());
  }

  /**
   * As {@link #start(Path, Path)}, over TLS.
   *
   * @param certificates holds {@code public.crt} and {@code private.key}, and their authority's
   *     {@code ca.pem}
   */
  public static MinioServer start(Path program, Path data, Optional<Path> certificates)
      throws Exception {
    URI endpoint =
        URI.create((certificates.isPresent() ? "https" : "http") + "://127.0.0.1:" + freePort());
    ProcessBuilder command =
        new ProcessBuilder(
            program.toString(),
            "server",
            "--quiet",
            "--address",
            endpoint.getAuthority(),
            "--console-address",
            "127.0.0.1:" + freePort(),
            data.toString());
    certificates.ifPresent(
        folder -> command.command().addAll(2, List.of("--certs-dir", folder.toString())));
    command.environment().put("MINIO_ROOT_USER", ACCESS_KEY);
    command.environment().put("MINIO_ROOT_PASSWORD", SECRET_KEY);
    command.redirectErrorStream(true).redirectOutput(data.resolveSibling("minio.log").toFile());
    HttpClient http = Trust.of(certificates.map(folder -> folder.resolve("ca.pem"))).http();
    MinioServer server = new MinioServer(command, endpoint, data, http);
    server.awaitReady();
    return server;
  }

  private void awaitReady() throws Exception {
    HttpRequest ready =
        HttpRequest.newBuilder(endpoint.resolve("/minio/health/ready")).GET().build();
    for (int i = 0; i < 300 && process.isAlive(); i++) {
      try {
        if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (ConnectException e) {
        // Not listening yet.
      }
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
    String log = Files.readString(data.resolveSibling("minio.log"));
    close();
    throw new IOException("MinIO did not start: " + log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The URL that a client is given. */
  public URI endpoint() {
    return endpoint;
  }

  /** Ends it as kill -9 does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it once more on its data and its port. */
  public void startAgain() throws Exception {
    process = command.start();
    awaitReady();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
