package dev.hemlock.common.work;

import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.KafkaEventFeed;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.run.v1.StageWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/** Starts and stops, with the application, the work on every {@link Stage} bean. */
@Singleton
public class WorkRuntime {
  private static final int LEAST_TIMER_THREADS = 2;
  private static final int MOST_TIMER_THREADS = 32;
  private static final int TENANTS_A_PAGE = 1000;
  private static final Duration RETRY = Duration.ofSeconds(1);

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
  private final ScheduledThreadPoolExecutor timer;
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

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            LEAST_TIMER_THREADS,
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
    // A slow store must not make the beats of one claim wait for those of another.
    int claims = stages.stream().mapToInt(stage -> limits(stage).concurrency()).sum();
    timer.setCorePoolSize(Math.max(LEAST_TIMER_THREADS, Math.min(MOST_TIMER_THREADS, claims)));
    Thread tending = new Thread(this::tend, "hemlock-topics");
    tending.setDaemon(true);
    tending.start();
  }

  private StageRuntime runtime(Stage stage) {
    WorkSettings settings = worker.settings();
    String id =
        "%s-%d-%s"
            .formatted(
                host(),
                ProcessHandle.current().pid(),
                UUID.randomUUID().toString().substring(0, 8));
    WorkConfig.StageConfig limits = limits(stage);
    Function<String, Worker> workers =
        tenant ->
            new Worker(
                stage,
                new Ledger(store, tenant, stage.kind(), stage.name()),
                store,
                publisher,
                settings,
                timer,
                () -> shuttingDown,
                id,
                limits.timeLimit());
    StageRuntime runtime =
        new StageRuntime(
            stage.name(), workers, this::tenants, bell, kafka, settings, limits.concurrency());
    if (meters.isResolvable()) {
      gauges(stage.name(), runtime, meters.get());
    }
    return runtime;
  }

  private WorkConfig.StageConfig limits(Stage stage) {
    return work.stages().get(stage.name());
  }

  /** Whoever has anything in the store. */
  private List<String> tenants() {
    if (!Tenant.separated()) {
      return List.of(Tenant.DEFAULT);
    }
    List<String> all = new ArrayList<>();
    String token = "";
    do {
      Page<String> page = store.folders("", token, TENANTS_A_PAGE);
      page.items().stream().filter(Tenant::isName).forEach(all::add);
      token = page.nextToken();
    } while (!token.isEmpty());
    return all;
  }

  /** For people, who look for the machine or the pod behind a claim. */
  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private static void gauges(String stage, StageRuntime runtime, MeterRegistry registry) {
    WorkMeters.register(stage);
    Gauge.builder("hemlock.work.backlog", runtime, StageRuntime::backlog)
        .description("Tries that wait or run, as of the last sweep")
        .tag("stage", stage)
        .register(registry);
    Gauge.builder("hemlock.work.running", runtime, StageRuntime::running)
        .description("Pieces of work in hand in this process")
        .tag("stage", stage)
        .register(registry);
    Gauge.builder("hemlock.work.workers", runtime, StageRuntime::workers)
        .description("Processes that take such work, as of the last sweep")
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

  boolean shuttingDown() {
    return shuttingDown;
  }

  /** The work of every kind that this process serves. */
  List<StageWork> work(int maxTries) {
    return runtimes.stream().map(runtime -> runtime.work(maxTries)).toList();
  }

  /** Starts once the queues are there, and announces all work anew whenever they were lost. */
  private void tend() {
    List<String> names =
        Stream.concat(Topics.STAGES.stream(), stages.stream().map(Stage::name)).distinct().toList();
    boolean started = false;
    try {
      while (!shuttingDown) {
        KafkaTopics.State state = topics.ensure(names);
        if (state == KafkaTopics.State.NEW_QUEUES) {
          if (started) {
            runtimes.forEach(StageRuntime::ringForAll);
          } else {
            started = start();
          }
        }
        Backoff.sleep(
            state == KafkaTopics.State.AWAY ? RETRY : worker.settings().sweep(),
            () -> shuttingDown);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean start() {
    synchronized (runtimes) {
      if (!shuttingDown) {
        runtimes.forEach(StageRuntime::start);
      }
      return true;
    }
  }

  /** While the server still answers, so that this process can be seen not to be ready. */
  void stop(@Observes ShutdownDelayInitiatedEvent event) throws InterruptedException {
    synchronized (runtimes) {
      shuttingDown = true;
    }
    runtimes.forEach(StageRuntime::stop);
    runtimes.forEach(StageRuntime::finish);
    runtimes.forEach(StageRuntime::close);
    timer.shutdownNow();
    timer.awaitTermination(1, TimeUnit.SECONDS);
  }
}
