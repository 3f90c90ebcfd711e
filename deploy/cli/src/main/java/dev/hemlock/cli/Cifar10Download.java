package dev.hemlock.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** Fetches the official CIFAR-10 binary archive, once. */
final class Cifar10Download {
  private static final URI SOURCE =
      URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");
  private static final long BYTES = 170_052_171;

  private Cifar10Download() {}

  /** Downloads the archive into a directory unless it is there, and checks its checksum. */
  static Path fetch(Path directory, Progress progress) {
    Path file = directory.resolve("cifar-10-binary.tar.gz");
    if (Files.exists(file)) {
      return file;
    }
    progress.stage("Download CIFAR-10");
    try {
      Files.createDirectories(directory);
      Path part = Files.createTempFile(directory, "cifar-10-binary", ".part");
      try {
        download(part, progress);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
      progress.done(file.toString());
      return file;
    } catch (IOException e) {
      throw new CliException(
          "Could not download "
              + SOURCE
              + " ("
              + e
              + "). Download it by other means and give --cifar10 FILE.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("The download was interrupted.", e);
    }
  }

  private static void download(Path part, Progress progress)
      throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(20))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    HttpResponse<InputStream> response =
        client.send(
            HttpRequest.newBuilder(SOURCE).build(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      response.body().close();
      throw new IOException("HTTP status " + response.statusCode());
    }
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(response.body(), digest);
        OutputStream out = Files.newOutputStream(part)) {
      byte[] buffer = new byte[1 << 16];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        total += n;
        progress.at((double) total / BYTES, (total >> 20) + " MiB");
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(ImportSource.CIFAR10_SHA256)) {
      throw new IOException("the checksum differs from the published one");
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
