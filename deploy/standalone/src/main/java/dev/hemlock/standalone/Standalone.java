package dev.hemlock.standalone;

import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.EmbeddedStore;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The embedded default: the four services in one process, with a Kafka broker and an S3 store of
 * their own on loopback. The services see nothing but the configuration keys that they would have
 * in production.
 */
@QuarkusMain
public final class Standalone {
  private static final String ACCESS_KEY = "hemlock";
  private static final long STOP_SECONDS = 30;

  private Standalone() {}

  /** Runs until the process is told to stop; exits with 2 when the arguments are wrong. */
  public static void main(String... args) throws IOException {
    StandaloneOptions options;
    try {
      options = StandaloneOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    int exitCode = run(options);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  private static int run(StandaloneOptions options) throws IOException {
    // Nobody but this process needs the secret, so it lives as long as the process.
    String secret = UUID.randomUUID().toString();
    AtomicInteger exitCode = new AtomicInteger();
    CountDownLatch closed = new CountDownLatch(1);
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(options.dataDirectory().resolve("kafka"), options.kafkaPort());
        EmbeddedStore store =
            EmbeddedStore.start(
                options.dataDirectory().resolve("store"),
                options.storePort(),
                ACCESS_KEY,
                secret)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> await(closed), "await-close"));
      System.setProperty("hemlock.kafka.bootstrap-servers", broker.bootstrapServers());
      System.setProperty("hemlock.store.endpoint", store.endpoint().toString());
      System.setProperty("hemlock.store.access-key", ACCESS_KEY);
      System.setProperty("hemlock.store.secret-key", secret);
      System.setProperty("quarkus.http.port", Integer.toString(options.grpcPort()));
      Quarkus.run(null, (code, failure) -> exitCode.set(code));
    } finally {
      closed.countDown();
    }
    return exitCode.get();
  }

  /** Keeps the JVM alive after a signal until the services, the store and the broker are closed. */
  private static void await(CountDownLatch closed) {
    try {
      if (!closed.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("Gave up waiting for the embedded servers to stop.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
