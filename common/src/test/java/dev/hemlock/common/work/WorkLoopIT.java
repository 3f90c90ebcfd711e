package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.KafkaEventFeed;
import dev.hemlock.common.events.KafkaEventPublisher;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.events.TopicReader;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.events.WorkQueue;
import dev.hemlock.common.ledger.Attempt;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.proto.run.v1.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkLoopIT {
  static final WorkSettings FAST =
      new WorkSettings(
          Duration.ofMillis(50),
          Duration.ofMillis(10),
          Duration.ofMillis(500),
          Duration.ofMillis(20),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(10),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));
  private static final String KIND = "trainingRuns";
  private static final AtomicInteger STAGES = new AtomicInteger();

  @TempDir static Path directory;
  private static EmbeddedBroker broker;
  private static KafkaSettings kafka;
  private static KafkaTopics topics;
  private static KafkaEventPublisher publisher;
  private static KafkaEventFeed feed;

  private final String stage = "train" + STAGES.incrementAndGet();
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final Ledger ledger = new Ledger(store, "default", KIND, stage);
  private final Runs runs = new Runs(ledger, new RunEvents(publisher), publisher, feed);
  private final List<Node> nodes = new ArrayList<>();

  /** One process: its own worker, timer and queue. */
  private final class Node implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final StageRuntime runtime;
    private volatile boolean shuttingDown;

    Node(FakeStage.Body body, int concurrency, WorkSettings settings) {
      this(new FakeStage(KIND, stage, body), concurrency, settings);
    }

    Node(Stage work, int concurrency, WorkSettings settings) {
      this(work, concurrency, settings, Duration.ofMinutes(10));
    }

    Node(Stage work, int concurrency, WorkSettings settings, Duration hold) {
      Worker worker =
          new Worker(work, ledger, store, publisher, settings, timer, () -> shuttingDown, "node");
      runtime =
          new StageRuntime(
              stage,
              tenant -> worker,
              () -> List.of("default"),
              publisher,
              kafka,
              settings,
              concurrency,
              hold);
      nodes.add(this);
      runtime.start();
    }

    /** Stops its heartbeats; its work hangs where it is. */
    void die() {
      timer.shutdownNow();
    }

    @Override
    public void close() {
      shuttingDown = true;
      runtime.close();
      timer.shutdownNow();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    kafka = KafkaSettings.of(broker.bootstrapServers(), "/hemlock/test");
    topics = new KafkaTopics(kafka);
    assertThat(topics.ensure(List.of())).isNotEqualTo(KafkaTopics.State.AWAY);
    publisher = new KafkaEventPublisher(kafka);
    feed = new KafkaEventFeed(kafka);
    feed.start();
  }

  @AfterAll
  static void stop() {
    publisher.close();
    feed.close();
    topics.close();
    broker.close();
  }

  @AfterEach
  void stopNodes() {
    nodes.forEach(Node::close);
  }

  private void ready() throws InterruptedException {
    while (topics.ensure(List.of(stage)) == KafkaTopics.State.AWAY) {
      Thread.onSpinWait();
    }
  }

  private static byte[] spec(int number) {
    return ("{\"number\":" + number + "}").getBytes(UTF_8);
  }

  private RunView await(String name, RunState state) {
    Await.until(name + " is " + state, () -> runs.get(name).status().getState() == state);
    return runs.get(name);
  }

  @Test
  void worksThroughManySmallRunsAndWatchersSeeTheEnd() throws Exception {
    ready();
    new Node(work -> work.spec(), 2, WorkSettings.defaults());
    long cold = System.nanoTime();
    String first = runs.create(spec(0), "").name();
    runs.watch(first).collect().last().await().atMost(Duration.ofSeconds(20));
    System.out.printf("first run after %d ms%n", (System.nanoTime() - cold) / 1_000_000);

    long start = System.nanoTime();
    List<RunView> ended =
        IntStream.rangeClosed(1, 60)
            .mapToObj(number -> runs.create(spec(number), "").name())
            .toList()
            .stream()
            .map(name -> runs.watch(name).collect().last().await().atMost(Duration.ofSeconds(20)))
            .toList();
    long batch = (System.nanoTime() - start) / 1_000_000;
    List<Long> latencies = new ArrayList<>();
    for (int number = 100; number < 130; number++) {
      long begin = System.nanoTime();
      String name = runs.create(spec(number), "").name();
      runs.watch(name).collect().last().await().atMost(Duration.ofSeconds(20));
      latencies.add((System.nanoTime() - begin) / 1_000_000);
    }
    System.out.printf("60 runs in %d ms, one by one %s ms%n", batch, latencies);

    assertThat(ended)
        .allSatisfy(
            run -> {
              assertThat(run.status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
              assertThat(run.result().orElseThrow()).isEqualTo(run.spec());
            });
    // The marker goes after the end that watchers see.
    Await.until("no run is pending", () -> ledger.pending().isEmpty());
  }

  @Test
  void anotherWorkerTakesOverFromADeadOneAndContinuesFromItsCheckpoint() throws Exception {
    ready();
    CountDownLatch saved = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Node dying =
        new Node(
            work -> {
              work.checkpoints()
                  .save(1, Map.of("state", CheckpointStore.Part.of("one".getBytes(UTF_8))));
              saved.countDown();
              never.await();
              return new byte[0];
            },
            1,
            FAST);
    String name = runs.create(spec(1), "").name();
    assertThat(saved.await(20, TimeUnit.SECONDS)).isTrue();
    dying.die();

    new Node(
        work -> {
          try (CheckpointStore.Checkpoint checkpoint = work.checkpoints().latest().orElseThrow()) {
            return checkpoint.bytes("state");
          }
        },
        1,
        FAST);
    RunView run = await(name, RunState.RUN_STATE_SUCCEEDED);

    assertThat(run.result().orElseThrow()).asString(UTF_8).isEqualTo("one");
    assertThat(ledger.look(name).orElseThrow().epoch()).isEqualTo(2);
    never.countDown();
  }

  @Test
  void oneResultForARecordDeliveredThreeTimes() throws Exception {
    ready();
    AtomicInteger worked = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    new Node(
        work -> {
          go.await();
          return ("result " + worked.incrementAndGet()).getBytes(UTF_8);
        },
        2,
        FAST);
    String name = runs.create(spec(1), "").name();
    publisher.ring(stage, name);
    publisher.ring(stage, name);
    String other = runs.create(spec(2), "").name();
    go.countDown();
    await(name, RunState.RUN_STATE_SUCCEEDED);
    await(other, RunState.RUN_STATE_SUCCEEDED);

    assertThat(worked).hasValue(2);
    assertThat(ledger.look(name).orElseThrow().claims()).hasSize(1);
  }

  @Test
  void cancelsWhileQueuedAtOnce() throws Exception {
    ready();
    AtomicInteger worked = new AtomicInteger();
    String name = runs.create(spec(1), "").name();

    RunView cancelled = runs.cancel(name);
    new Node(
        work -> {
          worked.incrementAndGet();
          return work.spec();
        },
        1,
        FAST);
    await(runs.create(spec(2), "").name(), RunState.RUN_STATE_SUCCEEDED);

    assertThat(cancelled.status().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
    assertThat(worked).hasValue(1);
    assertThat(runs.get(name).status().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
  }

  @Test
  void cancelsWhileRunningOnceTheLockWasRenewedSeveralTimes() throws Exception {
    ready();
    CountDownLatch running = new CountDownLatch(1);
    new Node(
        work -> {
          running.countDown();
          while (true) {
            work.checkpoint();
            work.progress(0.5, "{}".getBytes(UTF_8));
            TimeUnit.MILLISECONDS.sleep(5);
          }
        },
        1,
        FAST);
    String name = runs.create(spec(1), "").name();
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    Await.until(
        "heartbeats over several renewals",
        () -> ledger.heartbeat(name, 1).map(beat -> beat.counter() > 60).orElse(false));
    assertThat(runs.get(name).status().getProgress()).isEqualTo(0.5);

    RunView asked = runs.cancel(name);
    await(name, RunState.RUN_STATE_CANCELLED);

    assertThat(asked.status().getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
    assertThat(ledger.look(name).orElseThrow().claims()).hasSize(1);
  }

  @Test
  void permanentFailureEndsFailedWithADeadLetterAndAskingAgainOpensTheNextTry() throws Exception {
    ready();
    new Node(
        work -> {
          if (work.tryNumber() == 1) {
            throw HemlockException.failedPrecondition("The snapshot has no test split.");
          }
          return work.spec();
        },
        1,
        FAST);
    String name = runs.create(spec(77), "").name();
    RunView failed = await(name, RunState.RUN_STATE_FAILED);

    RunView again = runs.create(spec(77), "");
    RunView done = await(name, RunState.RUN_STATE_SUCCEEDED);

    assertThat(failed.status().getError().getMessage())
        .isEqualTo("The snapshot has no test split.");
    assertThat(again.status().getTry()).isEqualTo(2);
    assertThat(done.status().getTry()).isEqualTo(2);
    TopicReader.Fact letter =
        TopicReader.read(kafka, Topics.DEAD_LETTERS, one -> one.key().equals(name));
    assertThat(letter.headers())
        .containsEntry("ce_reason", "FAILED_PRECONDITION")
        .containsEntry("ce_stage", stage)
        .containsEntry("ce_id", name + "/1/dead")
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_source", "/hemlock/test/default")
        .containsEntry("content-type", "application/json");
    assertThat(letter.value()).contains("The snapshot has no test split.");
  }

  @Test
  void shuttingDownHandsTheWorkBackAndAnotherWorkerContinuesAtOnce() throws Exception {
    ready();
    CountDownLatch running = new CountDownLatch(1);
    Node leaving =
        new Node(
            work -> {
              running.countDown();
              while (true) {
                work.checkpoint();
                TimeUnit.MILLISECONDS.sleep(5);
              }
            },
            1,
            WorkSettings.defaults());
    String name = runs.create(spec(1), "").name();
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();

    leaving.close();
    new Node(Work::spec, 1, WorkSettings.defaults());
    await(name, RunState.RUN_STATE_SUCCEEDED);

    assertThat(ledger.attempt(name, 1).cause().counts()).isFalse();
  }

  @Test
  void workThatIsHandedBackMoreOftenThanTheBrokerDeliversARecordGoesOn() throws Exception {
    ready();
    int handBacks = 6;
    Semaphore running = new Semaphore(0);
    FakeStage.Body body =
        work -> {
          running.release();
          while (work.checkpoints().latest().isEmpty()) {
            work.checkpoint();
            TimeUnit.MILLISECONDS.sleep(5);
          }
          return work.spec();
        };
    String name = runs.create(spec(1), "").name();

    for (int i = 0; i < handBacks; i++) {
      Node leaving = new Node(body, 1, FAST);
      assertThat(running.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      leaving.close();
    }
    new Node(Work::spec, 1, FAST);
    await(name, RunState.RUN_STATE_SUCCEEDED);

    assertThat(ledger.look(name).orElseThrow().attempts()).hasSize(handBacks);
  }

  @Test
  void longWorkLetsGoOfItsRecordAndIsHandedBackAllTheSame() throws Exception {
    ready();
    CountDownLatch running = new CountDownLatch(1);
    Stage endless =
        new FakeStage(
            KIND,
            stage,
            work -> {
              running.countDown();
              while (true) {
                work.checkpoint();
                TimeUnit.MILLISECONDS.sleep(5);
              }
            });
    Node leaving = new Node(endless, 1, FAST, Duration.ZERO);
    String name = runs.create(spec(1), "").name();
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    Await.until(
        "heartbeats over several renewals",
        () -> ledger.heartbeat(name, 1).map(beat -> beat.counter() > 20).orElse(false));

    leaving.close();
    new Node(Work::spec, 1, WorkSettings.defaults());
    await(name, RunState.RUN_STATE_SUCCEEDED);

    assertThat(ledger.look(name).orElseThrow().claims()).hasSize(2);
    assertThat(ledger.attempt(name, 1).cause()).isEqualTo(Attempt.Cause.HANDED_BACK);
  }

  @Test
  void passesOverRecordsThatAreNoRequests() throws Exception {
    ready();
    try (KafkaProducer<byte[], byte[]> garbage =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String key : List.of("", "no such run", "trainingRuns/zz", "\u0000")) {
        garbage.send(new ProducerRecord<>(Topics.work(stage), key.getBytes(UTF_8), new byte[] {1}));
      }
      garbage.send(new ProducerRecord<>(Topics.work(stage), null, new byte[] {-1, -2})).get();
    }

    new Node(Work::spec, 1, FAST);
    String name = runs.create(spec(1), "").name();

    assertThat(await(name, RunState.RUN_STATE_SUCCEEDED).status().getTry()).isEqualTo(1);
  }

  @Test
  void putsARecordAsideThatNamesNoRun() throws Exception {
    ready();
    BlockingQueue<Optional<String>> handed = new LinkedBlockingQueue<>();
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        WorkQueue queue =
            new WorkQueue(
                kafka,
                stage,
                "aside",
                (tenant, name) -> handed.add(Optional.ofNullable(name)),
                (ringing, name) -> {},
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Duration.ofSeconds(1))) {
      queue.start();

      producer.send(new ProducerRecord<>(Topics.work(stage), null, new byte[] {1})).get();
      producer
          .send(new ProducerRecord<>(Topics.work(stage), "runs/1".getBytes(UTF_8), new byte[0]))
          .get();

      assertThat(handed.poll(60, TimeUnit.SECONDS)).contains("runs/1");
      assertThat(handed).isEmpty();
    }
  }

  @Test
  void sweeperRevivesARunWhoseRingWasLost() throws Exception {
    ready();
    Runs unheard = new Runs(ledger, new RunEvents(publisher), (stage, name) -> {}, feed);
    new Node(Work::spec, 1, FAST);

    String name = unheard.create(spec(1), "").name();
    RunView run = await(name, RunState.RUN_STATE_SUCCEEDED);

    assertThat(run.status().getTry()).isEqualTo(1);
  }

  @Test
  void tellsEachTransitionOnce() throws Exception {
    ready();
    List<String> ids = new CopyOnWriteArrayList<>();
    String name = ledger.name(spec(99));
    try (EventFeed.Subscription listening =
        feed.listen("default", name, event -> ids.add(event.id()))) {
      new Node(Work::spec, 1, FAST);
      // The feed tails from its start; what comes after is seen.
      runs.create(spec(99), "");
      await(name, RunState.RUN_STATE_SUCCEEDED);
      Await.until("all events", () -> ids.contains(name + "/1/SUCCEEDED"));
    }

    assertThat(ids)
        .isEqualTo(Arrays.asList(name + "/1/QUEUED", name + "/1/RUNNING", name + "/1/SUCCEEDED"));
  }

  @Test
  void tellsATenantNothingOfAnothersRunOfTheSameName() throws Exception {
    ready();
    String name = ledger.name(spec(98));
    List<String> told = new CopyOnWriteArrayList<>();
    List<String> umbra = new CopyOnWriteArrayList<>();
    List<String> acme = new CopyOnWriteArrayList<>();
    try (EventFeed.Subscription all = feed.listen(event -> told.add(fact(event)));
        EventFeed.Subscription one = feed.listen("umbra", name, event -> umbra.add(fact(event)));
        EventFeed.Subscription other = feed.listen("acme", name, event -> acme.add(fact(event)))) {
      Await.until("the feed tails", () -> tells(told));

      // When
      Tenant.run("umbra", () -> runs("umbra").create(spec(98), ""));
      Tenant.run("umbra", () -> runs("umbra").cancel(name));
      Tenant.run("acme", () -> runs("acme").create(spec(98), ""));

      // Then: facts of equal subjects come in the order in which they were told
      Await.until("the last fact", () -> told.contains("acme " + name + "/1/QUEUED"));
    }
    assertThat(umbra)
        .containsExactly("umbra " + name + "/1/QUEUED", "umbra " + name + "/1/CANCELLED");
    assertThat(acme).containsExactly("acme " + name + "/1/QUEUED");
  }

  private Runs runs(String tenant) {
    return new Runs(
        new Ledger(store, tenant, KIND, stage), new RunEvents(publisher), publisher, feed);
  }

  private static String fact(EventFeed.Event event) {
    return event.tenant() + " " + event.id();
  }

  /** Tells of something, and whether a feed has heard of anything yet. */
  private static boolean tells(List<String> heard) {
    new RunEvents(publisher).entered(KIND + "/hello", 1, RunState.RUN_STATE_QUEUED);
    return !heard.isEmpty();
  }
}
