package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** How many calls each caller has open at this process. */
final class OpenCalls {
  private final int most;
  private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();

  OpenCalls(int most) {
    this.most = most;
  }

  /**
   * Begins a call.
   *
   * @return ends it; once is enough, more does nothing
   * @throws HemlockException THROTTLED if the caller has as many open as it may
   */
  Runnable begin(String caller) {
    if (open.merge(caller, 1, Integer::sum) > most) {
      end(caller);
      throw HemlockException.throttled(
              "%s has %d calls open here, as many as hemlock.limits.calls-per-caller allows; end some, or try again later"
                  .formatted(caller, most))
          .with("caller", caller)
          .with("callsPerCaller", Integer.toString(most));
    }
    AtomicBoolean over = new AtomicBoolean();
    return () -> {
      if (over.compareAndSet(false, true)) {
        end(caller);
      }
    };
  }

  private void end(String caller) {
    open.computeIfPresent(caller, (same, count) -> count == 1 ? null : count - 1);
  }
}
