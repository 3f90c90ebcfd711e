package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.tls.Trust;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a store into service, or says why it can't be used. */
public final class StorageStart {
  private static final Logger log = LoggerFactory.getLogger(StorageStart.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private StorageStart() {}

  /**
   * Connects, creates the bucket if it is missing, and probes that writers who race for one key
   * have exactly one winner.
   *
   * @param trust whose certificates the store may have
   * @param patience how long to wait for a store that doesn't answer yet
   * @throws HemlockException FAILED_PRECONDITION with a sentence that says what to change;
   *     UNAVAILABLE if the store didn't answer in time
   */
  public static ObjectStore connect(StorageConfig config, Trust trust, Duration patience) {
    MinioObjectStore store =
        new MinioObjectStore(
            config.endpoint(),
            config.region(),
            config.accessKey(),
            config.secretKey(),
            config.bucket(),
            trust);
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        store.createBucket();
        ConditionalWriteProbe.run(store, "The object store at " + config.endpoint());
        return store;
      } catch (HemlockException e) {
        if (!e.retryable() || System.nanoTime() > deadline) {
          throw e;
        }
        log.atWarn().addKeyValue("error", e.getMessage()).log("waiting for the object store");
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HemlockException.unavailable("Interrupted while waiting for the object store")
          .because(e);
    }
  }
}
