package dev.hemlock.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A process that can be killed, paused and started again; its output is appended to a log. */
final class Program {
  private final String name;
  private final List<String> command;
  private final Path log;
  private final Map<String, String> environment;
  private Process process;
  private volatile boolean wanted;

  Program(String name, List<String> command, Map<String, String> environment, Path log) {
    this.name = name;
    this.command = List.copyOf(command);
    this.environment = new TreeMap<>(environment);
    this.log = log;
  }

  String name() {
    return name;
  }

  /** Sets what the next start has in its environment; an empty value removes it. */
  synchronized void environment(String key, String value) {
    if (value.isEmpty()) {
      environment.remove(key);
    } else {
      environment.put(key, value);
    }
  }

  synchronized void start() {
    wanted = true;
    if (isAlive()) {
      return;
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not start " + name, e);
    }
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  synchronized long pid() {
    return process.pid();
  }

  /** Starts it again if it has ended though nobody stopped it, as an orchestrator would. */
  void restartIfDead() {
    if (wanted && !isAlive()) {
      start();
    }
  }

  /** kill -9; whoever looks after it may start it again. */
  void kill() {
    Process killed = process;
    killed.destroyForcibly();
    await(killed, Duration.ofSeconds(30));
  }

  /** kill -9, and it stays down until {@link #start()}. */
  void stop() {
    wanted = false;
    if (isAlive()) {
      kill();
    }
  }

  /** SIGTERM; returns how long it took to leave. */
  Duration terminate(Duration grace) {
    wanted = false;
    long begin = System.nanoTime();
    Process leaving = process;
    leaving.destroy();
    await(leaving, grace);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  void pause() {
    signal("-STOP");
  }

  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(pid())).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void await(Process ending, Duration limit) {
    try {
      if (!ending.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(name + " did not end within " + limit + "; see " + log);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How much it has logged so far. */
  long logged() throws IOException {
    return Files.exists(log) ? Files.size(log) : 0;
  }

  /** What it has logged since then. */
  List<String> linesSince(long logged) throws IOException {
    try (FileChannel file = FileChannel.open(log)) {
      file.position(logged);
      byte[] bytes = Channels.newInputStream(file).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
