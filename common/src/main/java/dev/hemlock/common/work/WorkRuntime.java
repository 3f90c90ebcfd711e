package dev.hemlock.common.work;

import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.KafkaEventFeed;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.run.v1.StageWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts and stops, with the application, the work on every {@link Stage} bean. */
@Singleton
public class WorkRuntime {
  private static final int TIMER_THREADS = 2;
  private static final long RETRY_MILLIS = 1_000;

  private final Instance<Stage> stages;
  private final Instance<MeterRegistry> meters;
  private final ObjectStore store;
  private final EventPublisher publisher;
  private final Doorbell bell;
  private final KafkaEventFeed feed;
  private final KafkaTopics topics;
  private final KafkaSettings kafka;
  private final WorkConfig work;
  private final WorkerConfig worker;
  private final List<StageRuntime> runtimes = new ArrayList<>();
  private final ScheduledExecutorService timer;
  private volatile boolean shuttingDown;

  public WorkRuntime(
      Instance<Stage> stages,
      Instance<MeterRegistry> meters,
      ObjectStore store,
      EventPublisher publisher,
      Doorbell bell,
      KafkaEventFeed feed,
      KafkaTopics topics,
      KafkaSettings kafka,
      WorkConfig work,
      WorkerConfig worker) {
    this.stages = stages;
    this.meters = meters;
    this.store = store;
    this.publisher = publisher;
    this.bell = bell;
    this.feed = feed;
    this.topics = topics;
    this.kafka = kafka;
    this.work = work;
    this.worker = worker;
    this.timer = timer();
  }

  private static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            TIMER_THREADS,
            task -> {
              Thread thread = new Thread(task, "hemlock-heartbeat");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  void start(@Observes StartupEvent event) {
    feed.start();
    stages.stream().map(this::runtime).forEach(runtimes::add);
    Thread start = new Thread(this::startWhenReady, "hemlock-start");
    start.setDaemon(true);
    start.start();
  }

  private StageRuntime runtime(Stage stage) {
    Ledger ledger = new Ledger(store, Tenant.current(), stage.kind(), stage.name());
    WorkSettings settings = worker.settings();
    String id = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    Worker one =
        new Worker(stage, ledger, store, publisher, settings, timer, () -> shuttingDown, id);
    int concurrency = work.stages().get(stage.name()).concurrency();
    StageRuntime runtime = new StageRuntime(one, ledger, bell, kafka, settings, concurrency);
    if (meters.isResolvable()) {
      gauges(stage.name(), runtime, meters.get());
    }
    return runtime;
  }

  private static void gauges(String stage, StageRuntime runtime, MeterRegistry registry) {
    Gauge.builder("hemlock.work.backlog", runtime, StageRuntime::backlog)
        .description("Tries that wait or run, as of the last sweep")
        .tag("stage", stage)
        .register(registry);
    Gauge.builder("hemlock.work.running", runtime, StageRuntime::running)
        .description("Pieces of work in hand in this process")
        .tag("stage", stage)
        .register(registry);
    Gauge.builder("hemlock.work.queued", runtime, StageRuntime::queued)
        .description("Tries that nobody works on, as the sweeps last saw each")
        .tag("stage", stage)
        .register(registry);
    Gauge.builder("hemlock.work.stalled", runtime, StageRuntime::stalled)
        .description("Tries whose worker shows no sign of life, as the sweeps last saw each")
        .tag("stage", stage)
        .register(registry);
  }

  /** The work of every kind that this process serves. */
  List<StageWork> work(int maxTries) {
    return runtimes.stream().map(runtime -> runtime.work(maxTries)).toList();
  }

  private void startWhenReady() {
    try {
      List<String> names =
          Stream.concat(Topics.STAGES.stream(), stages.stream().map(Stage::name))
              .distinct()
              .toList();
      while (!topics.ensure(names)) {
        Thread.sleep(RETRY_MILLIS);
      }
      synchronized (runtimes) {
        if (!shuttingDown) {
          runtimes.forEach(StageRuntime::start);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    synchronized (runtimes) {
      shuttingDown = true;
    }
    runtimes.parallelStream().forEach(StageRuntime::close);
    timer.shutdownNow();
    timer.awaitTermination(1, TimeUnit.SECONDS);
  }
}
