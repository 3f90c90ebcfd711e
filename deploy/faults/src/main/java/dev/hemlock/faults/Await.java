package dev.hemlock.faults;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for conditions. */
final class Await {
  private static final long LOOK_MILLIS = 100;

  private Await() {}

  /**
   * Waits until a condition holds; an exception counts as no.
   *
   * @throws IllegalStateException if it does not in time
   */
  static void until(Duration limit, String what, Callable<Boolean> condition)
      throws InterruptedException {
    if (!holds(limit, condition)) {
      throw new IllegalStateException("Not within " + limit + ": " + what);
    }
  }

  /** Whether a condition holds before the limit. */
  static boolean holds(Duration limit, Callable<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    do {
      if (now(condition)) {
        return true;
      }
      Thread.sleep(LOOK_MILLIS);
    } while (System.nanoTime() < end);
    return false;
  }

  private static boolean now(Callable<Boolean> condition) throws InterruptedException {
    try {
      return condition.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return false;
    }
  }
}
