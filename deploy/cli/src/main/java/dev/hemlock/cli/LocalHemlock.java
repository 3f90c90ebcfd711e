package dev.hemlock.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The embedded default, started as a process of its own and stopped when closed. Its log is
 * `hemlock.log` in the data directory.
 */
final class LocalHemlock implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("READY grpc=(\\S+) kafka=(\\S+)");

  /**
   * Training is native, and compiling all of the start to the utmost costs more than it saves: only
   * Java that runs ten times as often as usual is, such as hashing and decoding in an import.
   */
  private static final List<String> JVM_FLAGS =
      List.of(
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000");

  /**
   * glibc's malloc: one arena that keeps blocks of up to 64 MiB. Otherwise every training step gets
   * its larger activations from the kernel anew. And no lists of small blocks, which would lie
   * between large ones and keep them from growing together; see docs/performance.md.
   */
  private static final String MALLOC =
      "glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=67108864"
          + ":glibc.malloc.trim_threshold=1073741824"
          + ":glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0";

  private static final long STOP_SECONDS = 40;

  private final Process process;
  private final Thread stopper;
  private final String grpc;
  private final String kafka;

  private LocalHemlock(Process process, Thread stopper, String grpc, String kafka) {
    this.process = process;
    this.stopper = stopper;
    this.grpc = grpc;
    this.kafka = kafka;
  }

  /**
   * Starts the embedded default and waits until it is ready.
   *
   * @param dataDirectory where it keeps its data; created if missing
   * @param grpcPort loopback port of gRPC; 0 for any free one
   * @param settings more configuration, `key=value`
   */
  static LocalHemlock start(Path dataDirectory, int grpcPort, List<String> settings) {
    String jar = System.getProperty("hemlock.standalone");
    if (jar == null) {
      throw new CliException("Start this command through deploy/hemlock, or give --address.");
    }
    try {
      Files.createDirectories(dataDirectory);
      Path log = dataDirectory.resolve("hemlock.log");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(JVM_FLAGS);
      settings.forEach(setting -> command.add("-D" + setting));
      command.addAll(
          List.of(
              "-jar",
              jar,
              "--data-dir",
              dataDirectory.toString(),
              "--grpc-port",
              Integer.toString(grpcPort)));
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putIfAbsent("GLIBC_TUNABLES", MALLOC);
      Process process = builder.start();
      Thread stopper = new Thread(() -> stop(process), "stop-local-hemlock");
      Runtime.getRuntime().addShutdownHook(stopper);
      CompletableFuture<Matcher> ready = new CompletableFuture<>();
      Thread pump = new Thread(() -> pump(process, log, ready), "log-local-hemlock");
      pump.setDaemon(true);
      pump.start();
      Matcher addresses = ready.join();
      return new LocalHemlock(process, stopper, addresses.group(1), addresses.group(2));
    } catch (IOException e) {
      throw new CliException("Could not start Hemlock in " + dataDirectory + ": " + e, e);
    } catch (CompletionException e) {
      throw new CliException("Hemlock did not start: " + e.getCause().getMessage(), e);
    }
  }

  String grpc() {
    return grpc;
  }

  String kafka() {
    return kafka;
  }

  Connection connect() {
    return new Connection(grpc, Map.of(), Identity.NONE);
  }

  /** Waits until the process ends by itself. */
  void await() throws InterruptedException {
    process.waitFor();
  }

  @Override
  public void close() {
    stop(process);
    Runtime.getRuntime().removeShutdownHook(stopper);
  }

  /** Copies the process's output to its log, all but the line that says it is ready. */
  private static void pump(Process process, Path log, CompletableFuture<Matcher> ready) {
    String last = "";
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        PrintWriter file = new PrintWriter(Files.newBufferedWriter(log), true)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready.complete(matcher);
        } else {
          file.println(line);
          last = line;
        }
      }
      ready.completeExceptionally(new IOException(last + " (see " + log + ")"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
