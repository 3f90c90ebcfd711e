package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.events.KafkaEventFeed;
import dev.hemlock.common.events.KafkaEventPublisher;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Stores;
import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.EmbeddedStore;
import dev.hemlock.proto.run.v1.RunState;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in the middle of a run, and one that is told to end. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KilledWorkerIT {
  private static final String KIND = "trainingRuns";
  private static final String STAGE = "train";
  private static final String KEY = "hemlock";
  private static final String SECRET = "hemlock-secret";
  private static final String UNDER_WAY = "under way";

  @TempDir Path directory;

  /** Works on a run until it is told to stop, as a process of its own. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      ObjectStore store = Stores.connect(URI.create(arguments[1]), KEY, SECRET, "hemlock");
      Node node =
          new Node(
              arguments[0],
              store,
              work -> {
                work.checkpoints().save(1, Map.of("state", CheckpointStore.Part.of(work.spec())));
                System.out.println(UNDER_WAY);
                while (true) {
                  work.checkpoint();
                  TimeUnit.MILLISECONDS.sleep(5);
                }
              });
      Runtime.getRuntime().addShutdownHook(new Thread(node::close));
      node.start();
      new CountDownLatch(1).await();
    }
  }

  /** One worker with everything it needs, with the clocks of production. */
  private static final class Node implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final KafkaTopics topics;
    private final KafkaEventPublisher publisher;
    private final KafkaEventFeed feed;
    private final StageRuntime runtime;
    private final Runs runs;
    private volatile boolean shuttingDown;

    Node(String broker, ObjectStore store, FakeStage.Body body) {
      KafkaSettings kafka = KafkaSettings.of(broker, "/hemlock/test");
      topics = new KafkaTopics(kafka);
      publisher = new KafkaEventPublisher(kafka);
      feed = new KafkaEventFeed(kafka);
      Ledger ledger = new Ledger(store, "default", KIND, STAGE);
      Worker worker =
          new Worker(
              new FakeStage(KIND, STAGE, body),
              ledger,
              store,
              publisher,
              WorkSettings.defaults(),
              timer,
              () -> shuttingDown,
              "node");
      runtime =
          new StageRuntime(
              STAGE,
              tenant -> worker,
              () -> List.of("default"),
              publisher,
              kafka,
              WorkSettings.defaults(),
              1);
      runs = new Runs(ledger, new RunEvents(publisher), publisher, feed);
    }

    void start() throws InterruptedException {
      while (topics.ensure(List.of(STAGE)) == KafkaTopics.State.AWAY) {
        Thread.onSpinWait();
      }
      feed.start();
      runtime.start();
    }

    @Override
    public void close() {
      shuttingDown = true;
      runtime.close();
      publisher.close();
      feed.close();
      topics.close();
      timer.shutdownNow();
    }
  }

  @Test
  void anotherProcessContinues() throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    try (EmbeddedStore server = EmbeddedStore.start(directory.resolve("store"), 0, KEY, SECRET)) {
      for (boolean politely : new boolean[] {true, false}) {
        // Given
        Process process = start(broker.bootstrapServers(), server.endpoint());
        try (BufferedReader output = process.inputReader(UTF_8);
            Node survivor =
                new Node(
                    broker.bootstrapServers(),
                    Stores.connect(server.endpoint(), KEY, SECRET, "hemlock"),
                    work -> {
                      try (var latest = work.checkpoints().latest().orElseThrow()) {
                        return latest.bytes("state");
                      }
                    })) {
          String name = survivor.runs.create(("[" + politely + "]").getBytes(UTF_8), "").name();
          for (String line = output.readLine(); !UNDER_WAY.equals(line); line = output.readLine()) {
            assertThat(line).as("the process ended early").isNotNull();
          }

          // When
          long start = System.nanoTime();
          if (politely) {
            process.destroy();
          } else {
            process.destroyForcibly();
          }
          survivor.start();

          // Then
          Await.until(
              "the run ends",
              () -> survivor.runs.get(name).status().getState() == RunState.RUN_STATE_SUCCEEDED);
          System.out.printf(
              "%s: another process had finished the run after %d ms%n",
              politely ? "SIGTERM" : "SIGKILL", (System.nanoTime() - start) / 1_000_000);
        } finally {
          process.destroyForcibly();
        }
      }
    } finally {
      broker.close();
    }
  }

  private Process start(String broker, URI store) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            broker,
            store.toString())
        .redirectErrorStream(true)
        .start();
  }
}
