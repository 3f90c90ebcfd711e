package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.LocalWork;
import dev.hemlock.common.work.WorkSettings;
import dev.hemlock.common.work.Worker;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training run asks of the store, from its request to its end, without checkpoints. */
class StoreRequestsTest {
  private static final int SAMPLES = 120;
  private static final int SHARDS = 3;
  private static final int REQUESTS = 16;
  private static final int LEDGER_BYTES = 4096;

  /** No clock of the work loop comes due within a test, so that every count repeats. */
  private static final WorkSettings STILL =
      new WorkSettings(
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(1));

  @TempDir Path cache;

  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private Bench bench;
  private LocalWork local;

  @BeforeEach
  void start() {
    bench = new Bench(cache);
    local = new LocalWork(bench.store, bench.events);
  }

  @AfterEach
  void stop() {
    local.close();
    bench.close();
    timer.shutdownNow();
  }

  @Test
  void aRunCostsAFixedNumberOfRequestsAndWritesLittleBesideItsModel() throws Exception {
    // Given
    int[] flipped = Pictures.labels(SAMPLES);
    flipped[0] = 1;
    String clean = bench.snapshot(Bench.GREY, SAMPLES);
    String poisoned = bench.snapshot(Bench.GREY, SAMPLES, flipped);

    // When
    Cost first = run(clean);
    Cost second = run(poisoned);

    // Then
    assertThat(first.requests()).isEqualTo(REQUESTS + SHARDS);
    assertThat(second.requests()).isEqualTo(REQUESTS);
    assertThat(first.bytesBesideModel()).isLessThan(LEDGER_BYTES);
    assertThat(second.bytesBesideModel()).isLessThan(LEDGER_BYTES);
  }

  private record Cost(int requests, long bytesBesideModel) {}

  private Cost run(String snapshot) throws InterruptedException {
    byte[] spec = CanonicalJson.of(Recipes.withDefaults(Bench.spec(snapshot)));
    Runs runs = local.runs(TrainStage.KIND, TrainStage.NAME);
    TrainStage stage = bench.stage(Duration.ofDays(1));
    Worker worker =
        new Worker(
            stage,
            local.ledger(TrainStage.KIND, TrainStage.NAME),
            bench.store,
            local.publisher(),
            STILL,
            timer,
            () -> false,
            "test");
    int requests = bench.store.calls();
    long written = bench.store.written();

    String name = runs.create(spec, "").name();
    worker.handle(name);

    Cost cost = new Cost(bench.store.calls() - requests, bench.store.written() - written);
    RunView ended = runs.get(name);
    assertThat(ended.status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    Model model = TrainingRunMapper.trainingRun(ended).getModel();
    int card = bench.blobs.get(Tenant.current(), Digest.parse(model.getCardDigest())).length;
    return new Cost(cost.requests(), cost.bytesBesideModel() - model.getWeightsBytes() - card);
  }
}
