package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.work.CheckpointStore;
import dev.hemlock.common.work.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One piece of work with its checkpoints in memory, which can be told when to stop. */
final class MemoryWork implements Work {
  static final String NAME = "trainingRuns/" + "ab".repeat(32);

  private final byte[] spec;
  private final TreeMap<Integer, Map<String, byte[]>> saved = new TreeMap<>();
  private final AtomicInteger looks = new AtomicInteger();
  private int stopAtLook = Integer.MAX_VALUE;
  private RuntimeException stop = new CancelRequested();
  private Runnable atLook = () -> {};
  private boolean storeAway;
  private byte[] progress = {};
  private double share;

  MemoryWork(byte[] spec) {
    this.spec = spec;
  }

  /** Ends the work at the n-th look, from 1. */
  MemoryWork stopAt(int look, RuntimeException reason) {
    stopAtLook = look;
    stop = reason;
    return this;
  }

  MemoryWork withoutAStoreForCheckpoints() {
    storeAway = true;
    return this;
  }

  MemoryWork atEachLook(Runnable action) {
    atLook = action;
    return this;
  }

  /** The same run in the hands of another worker. */
  MemoryWork handedOn() {
    MemoryWork next = new MemoryWork(spec);
    next.saved.putAll(saved);
    return next;
  }

  int looks() {
    return looks.get();
  }

  int checkpointCount() {
    return saved.size();
  }

  byte[] progress() {
    return progress;
  }

  double share() {
    return share;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] spec() {
    return spec;
  }

  @Override
  public int tryNumber() {
    return 1;
  }

  @Override
  public void progress(double newShare, byte[] document) {
    share = newShare;
    progress = document;
  }

  @Override
  public void checkpoint() {
    atLook.run();
    if (looks.incrementAndGet() >= stopAtLook) {
      throw stop;
    }
  }

  @Override
  public CheckpointStore checkpoints() {
    return new CheckpointStore() {
      @Override
      public void save(int step, Map<String, Part> parts) {
        if (storeAway) {
          throw HemlockException.unavailable("The store is away.");
        }
        Map<String, byte[]> copy = new HashMap<>();
        parts.forEach((name, part) -> copy.put(name, bytes(part)));
        saved.put(step, copy);
      }

      @Override
      public Optional<Checkpoint> latest() {
        return Optional.ofNullable(saved.lastEntry())
            .map(entry -> new Saved(entry.getKey(), entry.getValue()));
      }
    };
  }

  private static byte[] bytes(CheckpointStore.Part part) {
    if (part instanceof CheckpointStore.Part.Bytes inMemory) {
      return inMemory.bytes();
    }
    try {
      return Files.readAllBytes(((CheckpointStore.Part.File) part).path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Saved(int step, Map<String, byte[]> parts) implements CheckpointStore.Checkpoint {
    @Override
    public Path file(String part) {
      try {
        Path file = Files.createTempFile("checkpoint", ".part");
        file.toFile().deleteOnExit();
        return Files.write(file, bytes(part));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public byte[] bytes(String part) {
      return Optional.ofNullable(parts.get(part)).orElseThrow();
    }

    @Override
    public void close() {}
  }
}
