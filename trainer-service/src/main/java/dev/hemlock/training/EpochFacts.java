package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what each epoch of a run gave. Facts are published in order on a thread of their own, so
 * that training doesn't wait for the broker; closing waits for the last, well within the grace of a
 * shutdown. A broker that is away costs facts, never the run: the epochs are in its result too.
 */
final class EpochFacts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EpochFacts.class);
  private static final String TYPE = "dev.hemlock.training.epoch.v1";
  private static final long PATIENCE_SECONDS = 5;

  private final EventPublisher events;
  private final Work work;
  private final int epochs;
  private final ExecutorService publisher;
  private final String tenant = Tenant.current();
  private final Context trace = Context.current();

  EpochFacts(EventPublisher events, Work work, int epochs) {
    this.events = events;
    this.work = work;
    this.epochs = epochs;
    this.publisher =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "hemlock-epochs");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** An epoch has ended; the last entry is its own. */
  void ended(List<EpochMetrics> soFar) {
    EpochMetrics metrics = soFar.get(soFar.size() - 1);
    work.progress(
        (double) soFar.size() / epochs,
        ProtoJson.bytes(TrainingRun.newBuilder().addAllEpochs(soFar).build()));
    publisher.execute(trace.wrap(() -> Tenant.run(tenant, () -> publish(metrics))));
  }

  private void publish(EpochMetrics metrics) {
    try {
      events.publish(
          Topics.EVENTS,
          work.name() + "/epochs/" + metrics.getEpoch(),
          TYPE,
          work.name(),
          TrainingRunMapper.completed(work.name(), metrics, epochs));
    } catch (HemlockException e) {
      log.atWarn()
          .addKeyValue("run", work.name())
          .addKeyValue("epoch", metrics.getEpoch())
          .addKeyValue("error", e.getMessage())
          .log("epoch not announced");
    }
  }

  @Override
  public void close() {
    publisher.shutdown();
    try {
      if (!publisher.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        publisher.shutdownNow();
      }
    } catch (InterruptedException e) {
      publisher.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
