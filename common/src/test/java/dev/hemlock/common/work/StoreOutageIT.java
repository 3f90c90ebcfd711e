package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.MinioServer;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Stores;
import dev.hemlock.proto.run.v1.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real store that is killed under a run that is in hand. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StoreOutageIT {
  private static final String KIND = "trainingRuns";
  private static final String STAGE = "train";
  private static final byte[] SPEC = "{\"number\":1}".getBytes(UTF_8);

  @TempDir Path directory;
  private final RecordingPublisher events = new RecordingPublisher();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final CountDownLatch saved = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicBoolean shuttingDown = new AtomicBoolean();
  private MinioServer server;
  private LocalWork local;
  private Ledger ledger;
  private Runs runs;
  private String name;
  private Future<Boolean> handled;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> program = MinioServer.program();
    assumeTrue(program.isPresent(), "skipped: no deploy/.bin/minio; .ci/run builds it");
    server = MinioServer.start(program.get(), Files.createDirectory(directory.resolve("data")));
    ObjectStore store =
        Stores.connect(
            server.endpoint(), MinioServer.ACCESS_KEY, MinioServer.SECRET_KEY, "hemlock");
    local = new LocalWork(store, events);
    ledger = local.ledger(KIND, STAGE);
    runs = local.runs(KIND, STAGE);
    FakeStage stage =
        new FakeStage(
            KIND,
            STAGE,
            work -> {
              work.checkpoints().save(1, Map.of("state", CheckpointStore.Part.of(work.spec())));
              saved.countDown();
              goOn.await();
              work.checkpoint();
              return work.spec();
            });
    Worker worker =
        new Worker(
            stage, ledger, store, events, LocalWork.FAST, timer, shuttingDown::get, "worker");
    name = runs.create(SPEC, "").name();
    handled = local.submit(() -> worker.handle(name));
    assertThat(saved.await(60, TimeUnit.SECONDS)).isTrue();
    server.kill();
  }

  @AfterEach
  void stop() throws InterruptedException {
    timer.shutdownNow();
    if (server != null) {
      local.close();
      server.close();
    }
  }

  private void assertUnavailable(Runnable call) {
    assertThatThrownBy(call::run)
        .satisfies(
            failure -> {
              Status status = GrpcErrors.toStatus(failure);
              assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
              assertThat(status.getDetailsList()).anyMatch(detail -> detail.is(RetryInfo.class));
            });
  }

  @Test
  void callersAreToldToTryAgainAndTheRunGoesOnWhenTheStoreComesBack() throws Exception {
    // When
    assertUnavailable(() -> runs.get(name));
    assertUnavailable(() -> runs.create("{\"number\":2}".getBytes(UTF_8), "request"));
    assertUnavailable(() -> runs.cancel(name));
    goOn.countDown();
    server.startAgain();

    // Then
    assertThat(handled.get()).isTrue();
    RunFold run = ledger.look(name).orElseThrow();
    assertThat(runs.get(name).status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(run.tryNumber()).isEqualTo(1);
    assertThat(run.claims()).hasSize(1);
    assertThat(run.attempts()).isEmpty();
  }

  @Test
  void aProcessThatEndsMeanwhileLeavesTheRunToAnother() throws Exception {
    // When
    shuttingDown.set(true);
    goOn.countDown();
    boolean done = handled.get();
    server.startAgain();
    boolean taken = local.worker(new FakeStage(KIND, STAGE, Work::spec)).handle(name);

    // Then
    assertThat(done).isFalse();
    assertThat(taken).isTrue();
    assertThat(runs.get(name).status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }
}
