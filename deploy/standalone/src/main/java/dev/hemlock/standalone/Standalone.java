package dev.hemlock.standalone;

import dev.hemlock.common.storage.OwnerOnly;
import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.EmbeddedStore;
import dev.hemlock.embedded.Loopback;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

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

  /** Runs until the process is told to stop; exits with 2 when the arguments are wrong and
   * with 1 when it can't start. */
  public static void main(String... args) {
    StandaloneOptions options;
    try {
      options = StandaloneOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    try {
      int exitCode = run(options);
      if (exitCode != 0) {
        System.exit(exitCode);
      }
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static int run(StandaloneOptions options) throws IOException {
    // Nobody but this process needs the secret, so it lives as long as the process.
    String secret = UUID.randomUUID().toString();
    int grpcPort = Loopback.portOrFree(options.grpcPort());
    AtomicInteger exitCode = new AtomicInteger();
    CountDownLatch closed = new CountDownLatch(1);
    Path data = options.dataDirectory();
    try (DataDirectoryLock lock = DataDirectoryLock.acquire(data);
        EmbeddedBroker broker =
            EmbeddedBroker.start(
                OwnerOnly.createDirectories(data.resolve("kafka")), options.kafkaPort());
        EmbeddedStore store =
            EmbeddedStore.start(
                OwnerOnly.createDirectories(data.resolve("store")),
                options.storePort(),
                ACCESS_KEY,
                secret)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> await(closed), "await-close"));
      System.setProperty("hemlock.kafka.bootstrap-servers", broker.bootstrapServers());
      System.setProperty("hemlock.storage.endpoint", store.endpoint().toString());
      System.setProperty("hemlock.storage.access-key", ACCESS_KEY);
      System.setProperty("hemlock.storage.secret-key", secret);
      System.setProperty("hemlock.storage.cache-dir", data.resolve("cache").toString());
      System.setProperty("quarkus.http.port", Integer.toString(grpcPort));
      Quarkus.run(
          Application.class,
          (code, failure) -> {
            exitCode.set(code);
            if (failure != null) {
              failure.printStackTrace();
            }
          });
    } finally {
      closed.countDown();
    }
    return exitCode.get();
  }

  /** Says where the services are as soon as they answer. */
  static final class Application implements QuarkusApplication {
    private final String bootstrapServers;
    private final int grpcPort;

    Application(
        @ConfigProperty(name = "hemlock.kafka.bootstrap-servers") String bootstrapServers,
        @ConfigProperty(name = "quarkus.http.port") int grpcPort) {
      this.bootstrapServers = bootstrapServers;
      this.grpcPort = grpcPort;
    }

    @Override
    public int run(String... args) {
      System.out.printf("READY grpc=%s:%d kafka=%s%n", Loopback.HOST, grpcPort, bootstrapServers);
      Quarkus.waitForExit();
      return 0;
    }
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
