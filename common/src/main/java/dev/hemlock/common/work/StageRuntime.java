package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.WorkQueue;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.Ledger.Pending;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.run.v1.StageWork;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stage in this process: its queues, each with one piece of work of any tenant at a time, and a
 * sweeper for each tenant.
 */
public final class StageRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StageRuntime.class);

  private static final Duration HOLD = Duration.ofMinutes(10);

  private final Function<String, Worker> workers;
  private final Supplier<List<String>> tenants;
  private final Doorbell bell;
  private final WorkSettings settings;
  private final ConcurrentMap<String, TenantWork> byTenant = new ConcurrentHashMap<>();
  // Not the heartbeats' threads: a long sweep must not make live claims look dead.
  private final ScheduledThreadPoolExecutor sweeps;
  private final List<WorkQueue> queues;
  private volatile boolean closed;

  /**
   * A stage.
   *
   * @param workers makes the worker of a tenant
   * @param tenants who has runs
   * @param concurrency pieces of work at a time; 0: this process only answers the API and sweeps
   */
  public StageRuntime(
      String stage,
      Function<String, Worker> workers,
      Supplier<List<String>> tenants,
      Doorbell bell,
      KafkaSettings kafka,
      WorkSettings settings,
      int concurrency) {
    this(stage, workers, tenants, bell, kafka, settings, concurrency, HOLD);
  }

  StageRuntime(
      String stage,
      Function<String, Worker> workers,
      Supplier<List<String>> tenants,
      Doorbell bell,
      KafkaSettings kafka,
      WorkSettings settings,
      int concurrency,
      Duration hold) {
    this.workers = workers;
    this.tenants = tenants;
    this.bell = bell;
    this.settings = settings;
    this.sweeps = sweeps("hemlock-" + stage + "-sweep");
    this.queues =
        IntStream.rangeClosed(1, concurrency)
            .mapToObj(
                slot ->
                    new WorkQueue(
                        kafka,
                        stage,
                        "hemlock-" + stage + "-" + slot,
                        (tenant, name) -> of(tenant).worker().handle(name),
                        bell,
                        settings.renewal(),
                        hold,
                        settings.farewell()))
            .toList();
  }

  /** What is a tenant's own, and how many workers it saw at the last sweep. */
  private record TenantWork(
      Worker worker, Sweeper sweeper, WorkerList list, AtomicInteger present) {
    Ledger ledger() {
      return worker.ledger();
    }
  }

  private TenantWork of(String tenant) {
    return byTenant.computeIfAbsent(
        tenant,
        absent -> {
          Worker worker = workers.apply(tenant);
          return new TenantWork(
              worker,
              new Sweeper(worker.ledger(), bell, worker.events()),
              new WorkerList(worker.ledger()),
              new AtomicInteger());
        });
  }

  private static ScheduledThreadPoolExecutor sweeps(String name) {
    ScheduledThreadPoolExecutor sweeps =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    sweeps.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return sweeps;
  }

  public void start() {
    queues.forEach(WorkQueue::start);
    scheduleSweep(settings.sweep().dividedBy(3));
  }

  /** Announces all work anew, since the queue lost what it held. */
  void ringForAll() {
    var unused = sweeps.submit(this::tryRingingForAll);
  }

  private void tryRingingForAll() {
    forEachTenant("left to the next sweeps", one -> one.sweeper().ringForAll());
  }

  private void forEachTenant(String otherwise, Consumer<TenantWork> task) {
    unless(
        otherwise,
        () ->
            tenants
                .get()
                .forEach(
                    tenant ->
                        unless(
                            otherwise, () -> Tenant.run(tenant, () -> task.accept(of(tenant))))));
  }

  /** What fails for one tenant is put off for that one alone. */
  private static void unless(String otherwise, Runnable task) {
    try {
      task.run();
    } catch (HemlockException e) {
      log.atWarn().addKeyValue("error", e.getMessage()).log(otherwise);
    }
  }

  private void scheduleSweep(Duration atMost) {
    if (closed) {
      return;
    }
    long nanos = Math.max(1, atMost.toNanos());
    var unused =
        sweeps.schedule(
            this::sweep,
            ThreadLocalRandom.current().nextLong(nanos / 2, nanos + 1),
            TimeUnit.NANOSECONDS);
  }

  private void sweep() {
    try {
      forEachTenant("sweep put off", this::sweepOne);
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("sweep failed");
    }
    scheduleSweep(settings.sweep().multipliedBy(4).dividedBy(3));
  }

  private void sweepOne(TenantWork one) {
    one.sweeper().sweep();
    if (!queues.isEmpty()) {
      one.list().show(one.worker().id(), queues.size(), one.worker().running());
    }
    one.present().set(one.list().present().size());
  }

  private int sum(ToIntFunction<TenantWork> figure) {
    return byTenant.values().stream().mapToInt(figure).sum();
  }

  /** Pieces of work in hand here. */
  public int running() {
    return sum(one -> one.worker().running());
  }

  /** Tries that wait or run anywhere, as of the last sweep. */
  public int backlog() {
    return sum(one -> one.sweeper().backlog());
  }

  /** Tries of which nobody had claimed the present one, as of the last look at each. */
  public int queued() {
    return sum(one -> one.sweeper().queued());
  }

  /** Tries whose worker showed no sign of life, as of the last look at each. */
  public int stalled() {
    return sum(one -> one.sweeper().stalled());
  }

  /** Processes that take such work, as of the last sweep; each shows itself to every tenant. */
  public int workers() {
    return byTenant.values().stream().mapToInt(one -> one.present().get()).max().orElse(0);
  }

  /** The present tenant's work that has not ended, anywhere, as it is now. */
  public StageWork work(int maxTries) {
    TenantWork one = of(Tenant.current());
    Ledger ledger = one.ledger();
    List<Pending> pending = ledger.pending();
    StageWork.Builder work =
        StageWork.newBuilder()
            .setStage(ledger.stage())
            .setKind(ledger.kind())
            .setConcurrency(queues.size())
            .setInHand(one.worker().running())
            .setBacklog(pending.size())
            .addAllWorkers(one.list().present());
    pending.stream()
        .limit(maxTries)
        .flatMap(open -> new OpenTries(ledger, one.sweeper()).of(open).stream())
        .forEach(work::addTries);
    return work.build();
  }

  /** Takes no more work; what is in hand should stop by itself. Doesn't wait. */
  void stop() {
    closed = true;
    sweeps.shutdown();
    queues.forEach(WorkQueue::stop);
  }

  /** Takes no more work and waits for what is in hand to stop. */
  void finish() {
    stop();
    queues.forEach(WorkQueue::finish);
  }

  /** Finishes, and waits a while for the last acknowledgements. */
  @Override
  public void close() {
    finish();
    queues.forEach(WorkQueue::close);
  }
}
