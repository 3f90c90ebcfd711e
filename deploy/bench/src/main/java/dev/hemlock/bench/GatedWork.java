package dev.hemlock.bench;

import dev.hemlock.common.work.CheckpointStore;
import dev.hemlock.common.work.Work;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** A piece of work that waits before each step until it is let through. */
final class GatedWork implements Work {
  private final byte[] spec;
  private final Semaphore permits = new Semaphore(0);
  private final Semaphore waiting = new Semaphore(0);

  GatedWork(byte[] spec) {
    this.spec = spec;
  }

  /** Lets it take some steps. */
  void release(int steps) {
    permits.release(steps);
  }

  /** Waits until it has taken the steps it was let take and stands before the next. */
  void awaitGate() {
    waiting.acquireUninterruptibly();
  }

  @Override
  public void checkpoint() {
    if (!permits.tryAcquire()) {
      waiting.release();
      permits.acquireUninterruptibly();
    }
  }

  @Override
  public String name() {
    return "runs/bench";
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
  public void progress(double share, byte[] document) {}

  @Override
  public CheckpointStore checkpoints() {
    return new CheckpointStore() {
      @Override
      public void save(int step, Map<String, Part> parts) {}

      @Override
      public Optional<Checkpoint> latest() {
        return Optional.empty();
      }
    };
  }
}
