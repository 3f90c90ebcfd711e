package dev.hemlock.faults;

import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.evaluation.v1.ListEvaluationsRequest;
import dev.hemlock.proto.poison.v1.ListPoisoningsRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * SIGTERM to every service while the store and the broker accept connections and answer nothing,
 * with work and calls in hand: all must leave within the grace period.
 */
record TerminatedHanging() implements Injection {
  private static final Duration GRACE = Duration.ofSeconds(60);

  @Override
  public void inject(Round round) throws Exception {
    Cluster cluster = round.cluster();
    round.awaitCheckpoints(round.ask(), 1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      cluster.store().pause();
      cluster.broker().pause();
      callEach(round).forEach(threads::execute);
      round.pause(Duration.ofSeconds(1));
      Map<Service, Future<Leave>> leaves = new EnumMap<>(Service.class);
      for (Service service : Service.values()) {
        leaves.put(service, threads.submit(() -> Leave.of(cluster, service, GRACE)));
        round.injected(1);
      }
      for (Map.Entry<Service, Future<Leave>> leave : leaves.entrySet()) {
        judge(round, leave.getKey(), leave.getValue().get());
      }
    } finally {
      cluster.store().resume();
      cluster.broker().resume();
      threads.shutdown();
      for (Service service : Service.values()) {
        cluster.program(service).start();
      }
    }
    round.mended();
  }

  /** A call to each service that waits for the store. */
  private static List<Runnable> callEach(Round round) {
    Api api = round.api();
    String digits = round.work().digits();
    List<Runnable> calls = new ArrayList<>();
    calls.add(
        () -> api.datasets().getSnapshot(GetSnapshotRequest.newBuilder().setName(digits).build()));
    calls.add(() -> api.poisonings().listPoisonings(ListPoisoningsRequest.getDefaultInstance()));
    calls.add(() -> api.trainings().listTrainingRuns(ListTrainingRunsRequest.getDefaultInstance()));
    calls.add(() -> api.evaluations().listEvaluations(ListEvaluationsRequest.getDefaultInstance()));
    return calls.stream().map(TerminatedHanging::unanswered).toList();
  }

  private static Runnable unanswered(Runnable call) {
    return () -> {
      try {
        call.run();
      } catch (StatusRuntimeException e) {
        // Nobody answers; that it is in hand is enough.
      }
    };
  }

  private static void judge(Round round, Service service, Leave leave) {
    round.remark(leave.describe(service));
    if (!leave.notReady()) {
      round.complain(service.label() + " was never seen not to be ready");
    }
  }
}
