package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.ledger.Attempt;
import dev.hemlock.common.ledger.Claim;
import dev.hemlock.common.ledger.Heartbeat;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.run.v1.RunState;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkerTest {
  private static final String KIND = "trainingRuns";
  private static final String STAGE = "train";
  private static final byte[] SPEC = "{\"seed\":1}".getBytes(UTF_8);

  private final InMemoryObjectStore memory = new InMemoryObjectStore();
  private final CountingStore store = new CountingStore(memory, key -> {});
  private final RecordingPublisher events = new RecordingPublisher();
  private final LocalWork local = new LocalWork(store, events);
  private final Ledger ledger = new Ledger(memory, "default", KIND, STAGE);
  private final Runs runs = local.runs(KIND, STAGE);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final String name = ledger.name(SPEC);

  @AfterEach
  void stop() {
    local.close();
    threads.shutdownNow();
    timer.shutdownNow();
  }

  private FakeStage stage(FakeStage.Body body) {
    return new FakeStage(KIND, STAGE, body);
  }

  private Worker worker(FakeStage.Body body) {
    return local.worker(stage(body));
  }

  private RunState state() {
    return runs.get(name).status().getState();
  }

  private void claim(int epoch) {
    ledger.claim(name, epoch, new Claim(1, 1, "dead" + epoch, Instant.now()));
  }

  @Test
  void trivialRunCostsFewerThanTwentyStoreRequests() throws Exception {
    FakeStage stage = stage(Work::spec);
    runs.create(SPEC, "request");

    boolean handled = local.worker(stage).handle(name);
    int calls = store.calls();

    assertThat(handled).isTrue();
    assertThat(calls).isLessThan(20);
    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.pending()).isEmpty();
    assertThat(stage.succeeded()).extracting(RunView::name).containsExactly(name);
    assertThat(stage.succeeded().get(0).result().orElseThrow()).isEqualTo(SPEC);
    assertThat(events.ids(Topics.EVENTS))
        .containsExactly(name + "/1/QUEUED", name + "/1/RUNNING", name + "/1/SUCCEEDED");
    System.out.println("store requests of a trivial run: " + calls);
  }

  @Test
  void finishesARunWhoseWorkerDiedBetweenResultAndEnd() throws Exception {
    runs.create(SPEC, "");
    claim(1);
    ledger.commit(name, SPEC);

    worker(
            work -> {
              throw new AssertionError("must not work");
            })
        .handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }

  @Test
  void tellsOfTheResultThatWasKept() throws Exception {
    byte[] first = {'1'};
    FakeStage stage =
        stage(
            work -> {
              ledger.commit(name, first);
              return new byte[] {'2'};
            });
    runs.create(SPEC, "");

    local.worker(stage).handle(name);

    assertThat(stage.succeeded().get(0).result().orElseThrow()).isEqualTo(first);
    assertThat(runs.get(name).result().orElseThrow()).isEqualTo(first);
  }

  @Test
  void tellsOfTheResultOfARunThatWasReopened() throws Exception {
    FakeStage stage = stage(Work::spec);
    runs.create(SPEC, "");
    ledger.commit(name, SPEC);
    ledger.end(name, 1, Terminal.cancelled());
    runs.create(SPEC, "");

    local.worker(stage).handle(name);

    assertThat(stage.succeeded()).extracting(RunView::name).containsExactly(name);
    assertThat(events.ids(Topics.EVENTS)).contains(name + "/2/SUCCEEDED");
    assertThat(ledger.pending()).extracting(Ledger.Pending::tryNumber).doesNotContain(2);
  }

  @Test
  void tellsTheEndOfARunThatNobodyHasToldAndTellsItOnce() throws Exception {
    runs.create(SPEC, "");
    ledger.commit(name, SPEC);
    ledger.end(name, 1, Terminal.succeeded());

    worker(Work::spec).handle(name);
    worker(Work::spec).handle(name);

    assertThat(events.ids(Topics.EVENTS))
        .filteredOn(id -> id.endsWith("SUCCEEDED"))
        .containsExactly(name + "/1/SUCCEEDED");
    assertThat(ledger.pending()).isEmpty();
  }

  @Test
  void permanentErrorFailsAtOnceWithADeadLetter() throws Exception {
    runs.create(SPEC, "");

    worker(
            work -> {
              throw HemlockException.dataLoss("Blob x is damaged.");
            })
        .handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(ledger.look(name).orElseThrow().epoch()).isEqualTo(1);
    RecordingPublisher.Published letter =
        events.published().stream()
            .filter(one -> one.topic().equals(Topics.DEAD_LETTERS))
            .findFirst()
            .orElseThrow();
    assertThat(letter.attributes())
        .containsEntry("reason", "DATA_LOSS")
        .containsEntry("stage", STAGE)
        .containsEntry("try", "1");
  }

  @Test
  void anotherServiceThatIsAwayOnlyDelays() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    runs.create(SPEC, "");

    worker(
            work -> {
              if (calls.incrementAndGet() < 6) {
                throw Status.UNAVAILABLE.asRuntimeException();
              }
              return work.spec();
            })
        .handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.look(name).orElseThrow().claims()).hasSize(1);
  }

  @Test
  void aConnectionThatBreaksOffInTheMiddleOfACallOnlyDelays() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    runs.create(SPEC, "");

    worker(
            work -> {
              if (calls.incrementAndGet() < 6) {
                throw Status.INTERNAL.withDescription("channel closed").asRuntimeException();
              }
              return work.spec();
            })
        .handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.look(name).orElseThrow().attempts()).isEmpty();
  }

  @Test
  void aDefectOfAnotherServiceIsTriedAgainAFewTimes() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    runs.create(SPEC, "");

    worker(
            work -> {
              if (calls.incrementAndGet() < 3) {
                throw HemlockException.internal("Internal error; the server's log says more");
              }
              return work.spec();
            })
        .handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.look(name).orElseThrow().attempts()).hasSize(2);
  }

  @Test
  void threeErrorsWithoutACheckpointEndTheTry() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    runs.create(SPEC, "");

    worker(
            work -> {
              throw new IllegalStateException("boom " + attempts.incrementAndGet());
            })
        .handle(name);

    assertThat(attempts).hasValue(3);
    assertThat(state()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(runs.get(name).status().getError().getMessage()).contains("3 times", "boom 3");
  }

  @Test
  void errorsBetweenCheckpointsDoNotEndTheTry() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    runs.create(SPEC, "");

    worker(
            work -> {
              int attempt = attempts.incrementAndGet();
              work.checkpoints()
                  .save(attempt, Map.of("state", CheckpointStore.Part.of(new byte[] {1})));
              if (attempt < 7) {
                throw new IllegalStateException("boom");
              }
              return work.spec();
            })
        .handle(name);

    assertThat(attempts).hasValue(7);
    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }

  @Test
  void handBacksAndOutagesDoNotCount() throws Exception {
    runs.create(SPEC, "");
    IntStream.rangeClosed(1, 6)
        .forEach(
            epoch -> {
              claim(epoch);
              Attempt.Cause cause =
                  epoch % 2 == 0 ? Attempt.Cause.HANDED_BACK : Attempt.Cause.OVERTAKEN;
              ledger.giveUp(name, epoch, new Attempt(cause, ""));
            });

    worker(Work::spec).handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }

  @Test
  void claimsOfDeadProcessesCount() throws Exception {
    runs.create(SPEC, "");
    claim(1);
    claim(2);
    claim(3);

    worker(Work::spec).handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(runs.get(name).status().getError().getMessage()).contains("process died");
  }

  @Test
  void aMovingHeartbeatIsLeftAlone() throws Exception {
    runs.create(SPEC, "");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Future<Boolean> first =
        threads.submit(
            () ->
                worker(
                        work -> {
                          running.countDown();
                          finish.await();
                          return work.spec();
                        })
                    .handle(name));
    running.await();

    boolean handled = worker(Work::spec).handle(name);
    RunState meanwhile = state();
    finish.countDown();

    assertThat(handled).isTrue();
    assertThat(meanwhile).isEqualTo(RunState.RUN_STATE_RUNNING);
    assertThat(first.get()).isTrue();
    assertThat(ledger.look(name).orElseThrow().epoch()).isEqualTo(1);
  }

  @Test
  void aStillHeartbeatIsTakenOver() throws Exception {
    runs.create(SPEC, "");
    claim(1);

    worker(Work::spec).handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.look(name).orElseThrow().epoch()).isEqualTo(2);
  }

  @Test
  void supersededWorkStopsAtItsNextCheckpoint() throws Exception {
    runs.create(SPEC, "");
    CountDownLatch running = new CountDownLatch(1);
    Future<Boolean> first =
        threads.submit(
            () ->
                worker(
                        work -> {
                          running.countDown();
                          while (true) {
                            work.checkpoint();
                            TimeUnit.MILLISECONDS.sleep(1);
                          }
                        })
                    .handle(name));
    running.await();

    claim(2);

    assertThat(first.get()).isTrue();
    assertThat(state()).isEqualTo(RunState.RUN_STATE_RUNNING);
  }

  @Test
  void workThatWasCancelledWhileItWasClaimedIsLetGoOf() throws Exception {
    FakeStage stage =
        stage(
            work -> {
              ledger.end(name, 1, Terminal.cancelled());
              ledger.unmark(name, 1);
              while (true) {
                work.checkpoint();
                TimeUnit.MILLISECONDS.sleep(1);
              }
            });
    runs.create(SPEC, "");

    local.worker(stage).handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_CANCELLED);
    assertThat(stage.abandoned()).containsExactly(name);
  }

  @Test
  void aDamagedHeartbeatIsNoSignOfLife() throws Exception {
    runs.create(SPEC, "");
    claim(1);
    ledger.beat(name, 1, new Heartbeat(1, 0, Optional.empty()));
    memory.list("").stream()
        .filter(object -> object.key().contains("/heartbeat/"))
        .forEach(object -> memory.overwrite(object.key(), "damaged".getBytes(UTF_8)));

    worker(Work::spec).handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }

  @Test
  void checkpointsGoEvenIfTheStoreWasAwayWhenTheirRunEnded() throws Exception {
    // Given
    AtomicInteger refusals = new AtomicInteger();
    CountingStore away =
        new CountingStore(
            memory,
            key -> {
              if (key.contains("/checkpoints/")
                  && ledger.look(name).orElseThrow().ended()
                  && refusals.incrementAndGet() < 3) {
                throw HemlockException.unavailable("The store is away");
              }
            });
    Worker worker =
        new Worker(
            stage(
                work -> {
                  save(work, 1);
                  return work.spec();
                }),
            new Ledger(away, "default", KIND, STAGE),
            away,
            events,
            LocalWork.FAST,
            timer,
            () -> false,
            "worker");
    runs.create(SPEC, "");

    // When
    worker.handle(name);

    // Then
    assertThat(refusals).hasValueGreaterThan(2);
    assertThat(memory.list(ledger.checkpoints(name))).isEmpty();
    assertThat(ledger.pending()).isEmpty();
  }

  @Test
  void cancelOfARunWhoseWorkerDiedEndsIt() throws Exception {
    runs.create(SPEC, "");
    claim(1);
    runs.cancel(name);

    worker(Work::spec).handle(name);

    assertThat(state()).isEqualTo(RunState.RUN_STATE_CANCELLED);
  }

  @Test
  void anOutageOfTheStoreOnlyDelays() throws Exception {
    runs.create(SPEC, "");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<Boolean> handled =
        threads.submit(
            () ->
                worker(
                        work -> {
                          running.countDown();
                          go.await();
                          return work.spec();
                        })
                    .handle(name));
    running.await();

    store.goAway();
    int before = store.calls();
    go.countDown();
    Await.until("several refused calls", () -> store.calls() > before + 10);
    store.comeBack();

    assertThat(handled.get()).isTrue();
    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ledger.look(name).orElseThrow().claims()).hasSize(1);
  }

  @Test
  void damagedCheckpointIsPassedOverForTheOneBefore() throws Exception {
    runs.create(SPEC, "");
    AtomicInteger attempts = new AtomicInteger();
    List<String> kept = new ArrayList<>();

    worker(
            work -> {
              if (attempts.incrementAndGet() == 1) {
                for (int step = 1; step <= 4; step++) {
                  byte[] state = ("state " + step).getBytes(UTF_8);
                  work.checkpoints().save(step, Map.of("state", CheckpointStore.Part.of(state)));
                }
                memory.overwrite(
                    ledger.checkpoint(name, 1, 4) + "state", "damaged".getBytes(UTF_8));
                throw new IllegalStateException("boom");
              }
              memory.list(ledger.checkpoints(name)).forEach(object -> kept.add(object.key()));
              try (CheckpointStore.Checkpoint latest = work.checkpoints().latest().orElseThrow()) {
                return latest.bytes("state");
              }
            })
        .handle(name);

    assertThat(runs.get(name).result().orElseThrow()).asString(UTF_8).isEqualTo("state 3");
    assertThat(kept)
        .extracting(key -> key.substring(ledger.checkpoints(name).length()))
        .containsExactly(
            "00000001/00000003/manifest",
            "00000001/00000003/state",
            "00000001/00000004/manifest",
            "00000001/00000004/state");
  }

  @Test
  void aCheckpointWhoseManifestIsDamagedIsPassedOverToo() throws Exception {
    // Given
    runs.create(SPEC, "");
    AtomicInteger attempts = new AtomicInteger();

    // When
    worker(
            work -> {
              if (attempts.incrementAndGet() == 1) {
                save(work, 1);
                save(work, 2);
                memory.overwrite(ledger.checkpoint(name, 1, 2) + "manifest", new byte[] {1, 2});
                throw new IllegalStateException("boom");
              }
              try (CheckpointStore.Checkpoint latest = work.checkpoints().latest().orElseThrow()) {
                return latest.bytes("state");
              }
            })
        .handle(name);

    // Then
    assertThat(runs.get(name).result().orElseThrow()).asString(UTF_8).isEqualTo("state 1");
  }

  @Test
  void aCheckpointWithAPartOutsideItsFolderIsPassedOver() throws Exception {
    // Given
    runs.create(SPEC, "");
    AtomicInteger attempts = new AtomicInteger();
    Path outside = Path.of(System.getProperty("java.io.tmpdir"), "hemlock-" + UUID.randomUUID());
    String part = "../" + outside.getFileName();
    byte[] content = {1};

    // When
    worker(
            work -> {
              if (attempts.incrementAndGet() == 1) {
                save(work, 1);
                save(work, 2);
                String directory = ledger.checkpoint(name, 1, 2);
                memory.overwrite(directory + part, content);
                String manifest = "{\"%s\":\"%s\"}".formatted(part, Digest.of(content).hex());
                memory.overwrite(directory + "manifest", manifest.getBytes(UTF_8));
                throw new IllegalStateException("boom");
              }
              try (CheckpointStore.Checkpoint latest = work.checkpoints().latest().orElseThrow()) {
                return latest.bytes("state");
              }
            })
        .handle(name);

    // Then
    assertThat(runs.get(name).result().orElseThrow()).asString(UTF_8).isEqualTo("state 1");
    assertThat(outside).doesNotExist();
  }

  @Test
  void damagedCheckpointsOfOlderClaimsDoNotCrowdOutNewOnes() throws Exception {
    // Given
    runs.create(SPEC, "");
    AtomicInteger attempts = new AtomicInteger();
    List<String> kept = new ArrayList<>();

    // When
    worker(
            work -> {
              if (attempts.incrementAndGet() == 1) {
                for (int step : new int[] {7, 8}) {
                  save(work, step);
                  memory.overwrite(ledger.checkpoint(name, 1, step) + "state", new byte[] {1});
                }
                throw new IllegalStateException("boom");
              }
              assertThat(work.checkpoints().latest()).isEmpty();
              save(work, 1);
              save(work, 2);
              memory.list(ledger.checkpoints(name)).forEach(object -> kept.add(object.key()));
              return work.spec();
            })
        .handle(name);

    // Then
    assertThat(kept)
        .extracting(key -> key.substring(ledger.checkpoints(name).length()))
        .containsExactly(
            "00000002/00000001/manifest",
            "00000002/00000001/state",
            "00000002/00000002/manifest",
            "00000002/00000002/state");
  }

  @Test
  void partsThatNeverGotTheirManifestAreDeletedButNotThoseOfANewerClaim() throws Exception {
    // Given
    runs.create(SPEC, "");
    List<String> kept = new ArrayList<>();
    for (int epoch : new int[] {1, 3}) {
      memory.overwrite(ledger.checkpoint(name, epoch, 5) + "state", new byte[] {1});
    }
    claim(1);

    // When
    worker(
            work -> {
              save(work, 6);
              memory.list(ledger.checkpoints(name)).forEach(object -> kept.add(object.key()));
              return work.spec();
            })
        .handle(name);

    // Then
    assertThat(kept)
        .extracting(key -> key.substring(ledger.checkpoints(name).length()))
        .containsExactly(
            "00000002/00000006/manifest", "00000002/00000006/state", "00000003/00000005/state");
  }

  private static void save(Work work, int step) {
    byte[] state = ("state " + step).getBytes(UTF_8);
    work.checkpoints().save(step, Map.of("state", CheckpointStore.Part.of(state)));
  }

  @Test
  void aWorkerThatWasStillAndComesBackIsNoFailedAttempt() throws Exception {
    // Given
    runs.create(SPEC, "");

    // When
    for (int zombie = 1; zombie <= 4; zombie++) {
      int next = 2 * zombie;
      worker(
              work -> {
                claim(next);
                ledger.giveUp(name, next, new Attempt(Attempt.Cause.HANDED_BACK, ""));
                work.checkpoints().save(1, Map.of());
                throw new AssertionError("must not go on");
              })
          .handle(name);
    }
    worker(Work::spec).handle(name);

    // Then
    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }

  @Test
  void aRunThatTakesLongerThanItMayFailsAndContinuesWhenAskedForAgain() throws Exception {
    // Given
    runs.create(SPEC, "");
    Worker limited =
        new Worker(
            stage(
                work -> {
                  save(work, 1);
                  while (true) {
                    work.checkpoint();
                    TimeUnit.MILLISECONDS.sleep(1);
                  }
                }),
            ledger,
            store,
            events,
            LocalWork.FAST,
            timer,
            () -> false,
            "worker",
            Optional.of(Duration.ofMillis(50)));

    // When
    limited.handle(name);

    // Then
    assertThat(state()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(runs.get(name).status().getError().getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED.value());
    assertThat(runs.get(name).status().getError().getMessage())
        .contains("hemlock.work.train.time-limit");
    assertThat(runs.create(SPEC, "").status().getTry()).isEqualTo(2);
    assertThat(ledger.look(name).orElseThrow().checkpointEpoch()).isEqualTo(1);
  }

  @Test
  void aRunWhoseOwnRecordsAreDamagedFails() throws Exception {
    // Given
    runs.create(SPEC, "");
    claim(1);
    CountingStore damaged =
        new CountingStore(
            memory,
            key -> {
              if (key.endsWith("claims/00000001")) {
                throw HemlockException.dataLoss("The stored bytes of " + key + " do not match.");
              }
            });
    Worker worker =
        new Worker(
            stage(Work::spec),
            new Ledger(damaged, "default", KIND, STAGE),
            damaged,
            events,
            LocalWork.FAST,
            timer,
            () -> false,
            "worker");

    // When
    boolean handled = worker.handle(name);

    // Then
    assertThat(handled).isTrue();
    assertThat(ledger.terminal(name, 1).reason()).isEqualTo("DATA_LOSS");
    assertThat(ledger.pending()).isEmpty();
  }

  @Test
  void theEndOfAFailedTryIsToldToTheStageOnceByWhoeverFindsIt() throws Exception {
    // Given
    FakeStage stage = stage(Work::spec);
    runs.create(SPEC, "");
    claim(1);
    claim(2);
    claim(3);

    // When
    local.worker(stage).handle(name);
    local.worker(stage).handle(name);

    // Then
    assertThat(state()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(stage.abandoned()).containsExactly(name);
    assertThat(stage.succeeded()).isEmpty();
  }

  @Test
  void theEndOfARunCancelledAfterItsWorkerDiedIsToldToTheStage() throws Exception {
    // Given
    FakeStage stage = stage(Work::spec);
    runs.create(SPEC, "");
    claim(1);
    runs.cancel(name);

    // When
    local.worker(stage).handle(name);

    // Then
    assertThat(stage.abandoned()).containsExactly(name);
  }

  @Test
  void aTryOpenedWhileTheOneBeforeIsStillInHandIsWorkedOn() throws Exception {
    // Given
    AtomicInteger attempts = new AtomicInteger();
    AtomicReference<Worker> worker = new AtomicReference<>();
    FakeStage stage =
        stage(
            work -> {
              if (attempts.incrementAndGet() == 1) {
                throw HemlockException.failedPrecondition("not yet");
              }
              return work.spec();
            });
    EventPublisher publisher =
        (topic, id, type, subject, data, attributes) -> {
          if (id.equals(name + "/1/FAILED")) {
            runs.create(SPEC, "");
            ring(worker.get());
          }
        };
    worker.set(worker(stage, publisher, () -> false));
    runs.create(SPEC, "");

    // When
    boolean handled = worker.get().handle(name);

    // Then
    assertThat(handled).isTrue();
    assertThat(runs.get(name).status().getTry()).isEqualTo(2);
    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(worker.get().running()).isZero();
  }

  private void ring(Worker worker) {
    try {
      assertThat(worker.handle(name)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Worker worker(Stage stage, EventPublisher publisher, BooleanSupplier shuttingDown) {
    return new Worker(
        stage, ledger, store, publisher, LocalWork.FAST, timer, shuttingDown, "worker");
  }

  @Test
  void aShutdownBeforeTheWorkBeginsIsNoAttempt() throws Exception {
    // Given
    AtomicBoolean shuttingDown = new AtomicBoolean();
    runs.create(SPEC, "");
    CountingStore refusing =
        new CountingStore(
            memory,
            key -> {
              if (key.endsWith("/spec")) {
                shuttingDown.set(true);
                throw HemlockException.unavailable("The store is away.");
              }
            });
    Ledger away = new Ledger(refusing, "default", KIND, STAGE);
    Worker worker =
        new Worker(
            stage(Work::spec),
            away,
            refusing,
            events,
            LocalWork.FAST,
            timer,
            shuttingDown::get,
            "worker");

    // When
    boolean handled = worker.handle(name);

    // Then
    assertThat(handled).isFalse();
    assertThat(ledger.look(name).orElseThrow().claims()).isEmpty();
  }

  @Test
  void savesWhatIsHandedBackWhenTheProcessShutsDown() throws Exception {
    // Given
    AtomicBoolean shuttingDown = new AtomicBoolean();
    FakeStage stage =
        stage(
            work -> {
              shuttingDown.set(true);
              work.checkpoints().save(1, Map.of("state", CheckpointStore.Part.of(new byte[] {1})));
              work.checkpoint();
              throw new AssertionError("must not go on");
            });
    runs.create(SPEC, "");

    // When
    boolean handled = worker(stage, events, shuttingDown::get).handle(name);

    // Then
    assertThat(handled).isFalse();
    assertThat(ledger.look(name).orElseThrow().checkpointEpoch()).isEqualTo(1);
    assertThat(ledger.attempt(name, 1).cause()).isEqualTo(Attempt.Cause.HANDED_BACK);
  }

  @Test
  void savesNothingForAClaimThatAnotherWorkerHasTakenOver() throws Exception {
    // Given
    AtomicBoolean shuttingDown = new AtomicBoolean();
    FakeStage stage =
        stage(
            work -> {
              shuttingDown.set(true);
              claim(2);
              work.checkpoints().save(1, Map.of("state", CheckpointStore.Part.of(new byte[] {1})));
              throw new AssertionError("must not go on");
            });
    runs.create(SPEC, "");

    // When
    worker(stage, events, shuttingDown::get).handle(name);

    // Then
    assertThat(memory.list(ledger.checkpoints(name))).isEmpty();
  }

  @Test
  void keepsCheckpointsForTheNextTryAndDropsThemAfterSuccess() throws Exception {
    // Given
    AtomicInteger attempts = new AtomicInteger();
    FakeStage stage =
        stage(
            work -> {
              int attempt = attempts.incrementAndGet();
              work.checkpoints()
                  .save(attempt, Map.of("state", CheckpointStore.Part.of(new byte[] {1})));
              if (attempt == 1) {
                throw HemlockException.failedPrecondition("not yet");
              }
              return work.spec();
            });
    runs.create(SPEC, "");

    // When
    local.worker(stage).handle(name);
    int afterFailure = memory.list(ledger.checkpoints(name)).size();
    runs.create(SPEC, "");
    local.worker(stage).handle(name);

    // Then
    assertThat(afterFailure).isEqualTo(2);
    assertThat(state()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(memory.list(ledger.checkpoints(name))).isEmpty();
  }

  @Test
  void ofRacingWorkersOneDoesTheWork() throws Exception {
    for (int round = 0; round < 20; round++) {
      byte[] spec = ("{\"round\":" + round + "}").getBytes(UTF_8);
      String run = runs.create(spec, "").name();
      AtomicInteger worked = new AtomicInteger();
      FakeStage stage =
          stage(
              work -> {
                worked.incrementAndGet();
                return work.spec();
              });
      Callable<Boolean> race = () -> local.worker(stage).handle(run);

      List<Future<Boolean>> racers = threads.invokeAll(List.of(race, race, race, race));

      for (Future<Boolean> racer : racers) {
        assertThat(racer.get()).isTrue();
      }
      assertThat(worked).hasValue(1);
      assertThat(ledger.look(run).orElseThrow().claims()).hasSize(1);
    }
  }

  private Sweeper sweeper(Doorbell bell) {
    return new Sweeper(ledger, bell, new RunEvents(events));
  }

  @Test
  void sweeperTellsTheEndOfATryWhoseWorkerDiedBeforeTelling() {
    runs.create(SPEC, "");
    ledger.end(name, 1, Terminal.failed(HemlockException.dataLoss("Blob x is damaged.")));
    runs.create(SPEC, "");

    sweeper((stage, run) -> {}).sweep();

    assertThat(events.ids(Topics.EVENTS)).contains(name + "/1/FAILED");
    assertThat(events.ids(Topics.DEAD_LETTERS)).containsExactly(name + "/1/dead");
    assertThat(ledger.pending()).extracting(Ledger.Pending::tryNumber).containsExactly(2);
  }

  @Test
  void askingAgainMarksATryWhoseMarkerWasLostAlsoAfterATryThatWasClaimed() {
    runs.create(SPEC, "");
    claim(1);
    ledger.end(name, 1, Terminal.cancelled());
    runs.create(SPEC, "");
    ledger.unmark(name, 1);
    ledger.unmark(name, 2);

    runs.create(SPEC, "");

    assertThat(ledger.pending()).extracting(Ledger.Pending::tryNumber).containsExactly(2);
  }

  @Test
  void sweeperRingsForARunWithoutSignsOfLifeEverMoreSeldomly() {
    runs.create(SPEC, "");
    AtomicInteger rings = new AtomicInteger();
    Sweeper sweeper = sweeper((stage, run) -> rings.incrementAndGet());

    List<Integer> after =
        IntStream.range(0, 9)
            .map(
                sweep -> {
                  sweeper.sweep();
                  return rings.get();
                })
            .boxed()
            .toList();

    assertThat(after).containsExactly(0, 1, 2, 2, 3, 3, 3, 3, 4);
    assertThat(sweeper.backlog()).isEqualTo(1);
  }

  @Test
  void sweeperRingsForAllWhenTheQueueLostWhatItHeld() {
    runs.create(SPEC, "");
    claim(1);
    runs.create("{}".getBytes(UTF_8), "");
    List<String> rung = new ArrayList<>();
    Sweeper sweeper = sweeper((stage, run) -> rung.add(run));

    sweeper.ringForAll();

    assertThat(rung).containsExactlyInAnyOrder(name, ledger.name("{}".getBytes(UTF_8)));
  }

  @Test
  void sweeperForgetsAMarkerWithoutARunAfterTenMinutesOfItsOwnClockWhateverTheTimeOfDay() {
    // Given
    AtomicLong nanos = new AtomicLong();
    Sweeper sweeper = new Sweeper(ledger, (stage, run) -> {}, new RunEvents(events), nanos::get);
    runs.create(SPEC, "");
    memory.delete("default/runs/" + name + "/spec");

    // When
    sweeper.sweep();
    nanos.addAndGet(Duration.ofMinutes(9).toNanos());
    sweeper.sweep();
    int before = ledger.pending().size();
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    sweeper.sweep();

    // Then
    assertThat(before).isEqualTo(1);
    assertThat(ledger.pending()).isEmpty();
  }

  @Test
  void sweeperLeavesLivingWorkAlone() {
    runs.create(SPEC, "");
    claim(1);
    AtomicInteger rings = new AtomicInteger();
    Sweeper sweeper = sweeper((stage, run) -> rings.incrementAndGet());

    for (int sweep = 1; sweep <= 5; sweep++) {
      ledger.beat(name, 1, new Heartbeat(sweep, 0, Optional.empty()));
      sweeper.sweep();
    }

    assertThat(rings).hasValue(0);
  }

  @Test
  void publishesNothingBeforeTheLedgerHasIt() {
    Runs deaf =
        new Runs(
            ledger,
            new RunEvents(
                (topic, id, type, subject, data, attributes) ->
                    assertThat(ledger.look(subject)).isPresent()),
            (stage, run) -> assertThat(ledger.look(run)).isPresent(),
            local.feed());

    assertThat(deaf.create(SPEC, "").status().getState()).isEqualTo(RunState.RUN_STATE_QUEUED);
  }
}
