package dev.hemlock.faults;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How a service left that was told to.
 *
 * @param took from the signal to the end of its process
 * @param notReady whether its health endpoint said meanwhile that it is not ready
 */
record Leave(Duration took, boolean notReady) {
  private static final int NOT_READY = 503;
  private static final long LOOK_MILLIS = 20;

  /** SIGTERM; waits until the process has ended, and fails if it has not within the grace period. */
  static Leave of(Cluster cluster, Service service, Duration grace) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Duration> leaving = thread.submit(() -> cluster.program(service).terminate(grace));
      boolean notReady = false;
      while (!leaving.isDone()) {
        notReady = notReady || cluster.readiness(service) == NOT_READY;
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      return new Leave(leaving.get(), notReady);
    } finally {
      thread.shutdown();
    }
  }

  /** In words, for people. */
  String describe(Service service) {
    return "%s left %.1f s after SIGTERM".formatted(service.label(), took.toMillis() / 1e3);
  }
}
