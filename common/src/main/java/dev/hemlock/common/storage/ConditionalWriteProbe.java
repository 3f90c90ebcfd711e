package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.common.error.HemlockException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Finds out whether a store lets exactly one of several racing writers create an object. */
final class ConditionalWriteProbe {
  private static final int RACERS = 16;
  private static final int ROUNDS = 3;

  private ConditionalWriteProbe() {}

  /**
   * Races writers for a few keys of its own and removes them.
   *
   * @param name what the message calls the store
   * @throws HemlockException FAILED_PRECONDITION if not exactly one writer won
   */
  static void run(ObjectStore store, String name) {
    ExecutorService racers =
        Executors.newFixedThreadPool(
            RACERS,
            task -> {
              Thread thread = new Thread(task, "store-probe");
              thread.setDaemon(true);
              return thread;
            });
    try {
      for (int round = 0; round < ROUNDS; round++) {
        race(store, name, racers);
      }
    } finally {
      racers.shutdownNow();
    }
  }

  private static void race(ObjectStore store, String name, ExecutorService racers) {
    String key = Tenant.DEFAULT + "/probes/" + UUID.randomUUID();
    CyclicBarrier start = new CyclicBarrier(RACERS);
    List<Callable<Boolean>> writers =
        IntStream.range(0, RACERS)
            .<Callable<Boolean>>mapToObj(
                racer ->
                    () -> {
                      start.await(10, TimeUnit.SECONDS);
                      return store.create(key, ("writer " + racer).getBytes(UTF_8));
                    })
            .toList();
    try {
      int winners = 0;
      for (Future<Boolean> writer : racers.invokeAll(writers)) {
        winners += writer.get() ? 1 : 0;
      }
      if (winners != 1) {
        throw unfit(name, winners);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HemlockException failure) {
        throw failure;
      }
      throw HemlockException.internal("The probe of " + name + " failed").because(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HemlockException.unavailable("Interrupted while probing " + name).because(e);
    } finally {
      store.delete(key);
    }
  }

  private static HemlockException unfit(String name, int winners) {
    return HemlockException.failedPrecondition(
            "%s let %d of %d racing writers create the same object. Hemlock decides every run by"
                    .formatted(name, winners, RACERS)
                + " If-None-Match: * and would lose or double runs here; use a store that honours"
                + " it, for example MinIO, Amazon S3, or the embedded one")
        .with("winners", Integer.toString(winners));
  }
}
