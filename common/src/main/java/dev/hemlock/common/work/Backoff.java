package dev.hemlock.common.work;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** Pauses that double, with jitter, and end early when the process shuts down. */
final class Backoff {
  private static final long LOOK_MILLIS = 100;

  private final long longestMillis;
  private final BooleanSupplier shuttingDown;
  private long millis;

  Backoff(Duration first, Duration longest, BooleanSupplier shuttingDown) {
    this.millis = first.toMillis();
    this.longestMillis = longest.toMillis();
    this.shuttingDown = shuttingDown;
  }

  void pause() throws InterruptedException {
    double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.0);
    sleep(Duration.ofMillis((long) (millis * jitter)), shuttingDown);
    millis = Math.min(longestMillis, 2 * millis);
  }

  static void sleep(Duration duration, BooleanSupplier shuttingDown) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    long left = duration.toNanos();
    while (left > 0 && !shuttingDown.getAsBoolean()) {
      Thread.sleep(Math.min(LOOK_MILLIS, left / 1_000_000 + 1));
      left = end - System.nanoTime();
    }
  }
}
