package dev.hemlock.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A process under test with its output in a file; ended when closed. */
final class JavaProcess implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final Path log;

  private JavaProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a runnable jar. */
  static JavaProcess jar(Path jar, Map<String, String> properties, List<String> arguments, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(arguments);
    return start(command, Map.of(), log);
  }

  /** Starts any program. */
  static JavaProcess start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    Files.createDirectories(log.getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new JavaProcess(builder.start(), log);
  }

  /** Waits until a URL answers with status 200. */
  JavaProcess awaitOk(URI url) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> !process.isAlive() || status(url) == 200);
    if (!process.isAlive()) {
      throw new AssertionError("The process ended while starting:\n" + output());
    }
    return this;
  }

  /** Waits until its output says something. */
  JavaProcess awaitOutput(String text) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> !process.isAlive() || output().contains(text));
    if (!process.isAlive()) {
      throw new AssertionError("The process ended while starting:\n" + output());
    }
    return this;
  }

  /** Waits for the end and returns the exit code. */
  int awaitExit(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("The process runs for over " + limit + ":\n" + output());
    }
    return process.exitValue();
  }

  /** The metrics of the process at an address. */
  static String metrics(String address) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create("http://" + address + "/q/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "(no output: " + e + ")";
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** The status, or 0 without an answer: a process that starts may be slow to give one. */
  private static int status(URI url) throws InterruptedException {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }
}
