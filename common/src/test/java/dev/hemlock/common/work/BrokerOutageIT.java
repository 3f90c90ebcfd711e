package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.events.KafkaEventFeed;
import dev.hemlock.common.events.KafkaEventPublisher;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.proto.run.v1.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that goes away under runs that wait and a run that is in hand. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BrokerOutageIT {
  private static final String KIND = "trainingRuns";
  private static final String STAGE = "train";
  private static final byte[] IN_HAND = "{\"number\":1}".getBytes(UTF_8);
  private static final byte[] WAITING = "{\"number\":2}".getBytes(UTF_8);
  private static final byte[] ASKED_MEANWHILE = "{\"number\":3}".getBytes(UTF_8);

  @TempDir Path directory;
  private final Ledger ledger = new Ledger(new InMemoryObjectStore(), "default", KIND, STAGE);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch finish = new CountDownLatch(1);
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private EmbeddedBroker broker;
  private int port;
  private KafkaTopics topics;
  private KafkaEventPublisher publisher;
  private KafkaEventFeed feed;
  private StageRuntime runtime;
  private Runs runs;
  private volatile boolean shuttingDown;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    String address = broker.bootstrapServers();
    port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    KafkaSettings kafka = KafkaSettings.of(address, "/hemlock/test");
    topics = new KafkaTopics(kafka);
    publisher = new KafkaEventPublisher(kafka);
    feed = new KafkaEventFeed(kafka);
    feed.listen(event -> told.add(event.id()));
    InMemoryObjectStore unused = new InMemoryObjectStore();
    Worker worker =
        new Worker(
            new FakeStage(
                KIND,
                STAGE,
                work -> {
                  running.countDown();
                  finish.await();
                  return work.spec();
                }),
            ledger,
            unused,
            publisher,
            WorkLoopIT.FAST,
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
            WorkLoopIT.FAST,
            1);
    runs = new Runs(ledger, new RunEvents(publisher), publisher, feed);
    assertThat(awaitQueues()).isEqualTo(KafkaTopics.State.NEW_QUEUES);
    feed.start();
    runtime.start();
    runs.create(IN_HAND, "");
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    runs.create(WAITING, "");
  }

  @AfterEach
  void stop() {
    shuttingDown = true;
    runtime.close();
    publisher.close();
    feed.close();
    topics.close();
    timer.shutdownNow();
    broker.close();
  }

  private KafkaTopics.State awaitQueues() throws InterruptedException {
    KafkaTopics.State state = KafkaTopics.State.AWAY;
    while (state == KafkaTopics.State.AWAY) {
      state = topics.ensure(List.of(STAGE));
    }
    return state;
  }

  private void goAway() throws InterruptedException {
    broker.close();
    assertThat(topics.ensure(List.of(STAGE))).isEqualTo(KafkaTopics.State.AWAY);
    assertThat(runs.create(ASKED_MEANWHILE, "").status().getState())
        .isEqualTo(RunState.RUN_STATE_QUEUED);
    finish.countDown();
    // The end is decided without the broker; telling it waits.
    Await.until("the run in hand ends", () -> state(IN_HAND) == RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.pending()).extracting(Ledger.Pending::name).contains(ledger.name(IN_HAND));
  }

  private RunState state(byte[] spec) {
    return runs.get(ledger.name(spec)).status().getState();
  }

  private void everyRunIsDoneOnce() {
    Await.until("no run is pending", () -> ledger.pending().isEmpty());
    for (byte[] spec : List.of(IN_HAND, WAITING, ASKED_MEANWHILE)) {
      RunFold run = ledger.look(ledger.name(spec)).orElseThrow();
      assertThat(state(spec)).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
      assertThat(run.tryNumber()).isEqualTo(1);
      assertThat(run.claims()).hasSize(1);
      assertThat(run.attempts()).isEmpty();
    }
  }

  @Test
  void workGoesOnWhenTheBrokerComesBack() throws Exception {
    // When
    goAway();
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);

    // Then
    assertThat(awaitQueues()).isEqualTo(KafkaTopics.State.UNCHANGED);
    everyRunIsDoneOnce();
  }

  @Test
  void aBrokerThatComesBackEmptyLosesNoRun() throws Exception {
    // When
    goAway();
    broker = startEmpty();
    assertThat(awaitQueues()).isEqualTo(KafkaTopics.State.NEW_QUEUES);
    runtime.ringForAll();

    // Then
    everyRunIsDoneOnce();
    String last = runs.create("{\"number\":4}".getBytes(UTF_8), "").name();
    Await.until("facts are heard again", () -> told.contains(last + "/1/SUCCEEDED"));
  }

  private EmbeddedBroker startEmpty() throws IOException {
    return EmbeddedBroker.start(directory.resolve("empty"), port);
  }
}
