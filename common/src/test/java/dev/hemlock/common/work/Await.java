package dev.hemlock.common.work;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition. */
public final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private Await() {}

  /** Returns once the condition holds; fails after 30 s. */
  public static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Still not so after " + LONGEST + ": " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
