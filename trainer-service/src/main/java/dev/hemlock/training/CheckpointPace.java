package dev.hemlock.training;

import java.time.Duration;

/**
 * When a run saves its state: an interval after the last write ended, and late enough that writes
 * take at most a twentieth of the time. An interval of zero means after every step.
 *
 * <p>Times are nanoseconds of {@link System#nanoTime()}.
 */
final class CheckpointPace {
  private static final int WORK_PER_WRITE = 19;

  private final long interval;
  private long pause;
  private long last;

  CheckpointPace(Duration interval, long now) {
    this.interval = interval.toNanos();
    this.pause = this.interval;
    this.last = now;
  }

  /** Whether it is time to write. */
  boolean due(long now) {
    return since(now) >= pause;
  }

  /** Nanoseconds since the last write ended. */
  long since(long now) {
    return now - last;
  }

  /** A write has taken place. */
  void wrote(long start, long end) {
    last = end;
    pause = interval == 0 ? 0 : Math.max(interval, WORK_PER_WRITE * (end - start));
  }
}
