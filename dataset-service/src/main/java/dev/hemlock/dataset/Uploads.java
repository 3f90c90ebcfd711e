package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Stores blobs side by side. Closing it drops those that wait and waits for those under way. */
final class Uploads implements AutoCloseable {

  private static final long TICK_MILLIS = 200;

  private final ExecutorService threads;

  Uploads(int size) {
    threads =
        Executors.newFixedThreadPool(
            size,
            task -> {
              Thread thread = new Thread(task, "hemlock-store");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Starts one as soon as a thread is free. */
  Future<Digest> start(Supplier<Digest> upload) {
    return threads.submit(upload::get);
  }

  /**
   * Waits for one.
   *
   * @param tick called now and then, from the calling thread; may throw to stop
   * @throws RuntimeException what the upload threw
   */
  Digest await(Future<Digest> upload, Runnable tick) {
    while (true) {
      tick.run();
      try {
        return upload.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        continue;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw HemlockException.cancelled("The import was stopped because the server shuts down");
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
