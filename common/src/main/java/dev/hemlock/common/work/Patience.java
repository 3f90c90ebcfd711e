package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Repeats what fails only because the store or the broker is away. */
record Patience(WorkSettings settings, BooleanSupplier shuttingDown) {
  Backoff backoff() {
    return new Backoff(settings.pause(), settings.longestPause(), shuttingDown);
  }

  /**
   * Returns what the action returns at last.
   *
   * @throws Work.ShuttingDown if it has not by then
   */
  <T> T untilAvailable(Callable<T> action) throws InterruptedException {
    Backoff backoff = backoff();
    while (true) {
      try {
        return action.call();
      } catch (HemlockException e) {
        if (!e.retryable()) {
          throw e;
        }
        if (shuttingDown.getAsBoolean()) {
          throw new Work.ShuttingDown();
        }
        backoff.pause();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw HemlockException.internal("Unexpected " + e).because(e);
      }
    }
  }
}
