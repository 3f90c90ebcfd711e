package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.WorkQueue;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.Ledger.Pending;
import dev.hemlock.proto.run.v1.StageWork;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stage in this process: its queues, each with one piece of work at a time, and its sweeper. */
public final class StageRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StageRuntime.class);

  private static final Duration HOLD = Duration.ofMinutes(10);

  private final Worker worker;
  private final Sweeper sweeper;
  private final Ledger ledger;
  private final WorkerList workers;
  private final WorkSettings settings;
  // Not the heartbeats' threads: a long sweep must not make live claims look dead.
  private final ScheduledThreadPoolExecutor sweeps;
  private final List<WorkQueue> queues;
  private volatile boolean closed;
  private volatile int present;

  /**
   * A stage.
   *
   * @param concurrency pieces of work at a time; 0: this process only answers the API and sweeps
   */
  public StageRuntime(
      Worker worker,
      Ledger ledger,
      Doorbell bell,
      KafkaSettings kafka,
      WorkSettings settings,
      int concurrency) {
    this(worker, ledger, bell, kafka, settings, concurrency, HOLD);
  }

  StageRuntime(
      Worker worker,
      Ledger ledger,
      Doorbell bell,
      KafkaSettings kafka,
      WorkSettings settings,
      int concurrency,
      Duration hold) {
    this.worker = worker;
    this.sweeper = new Sweeper(ledger, bell);
    this.ledger = ledger;
    this.workers = new WorkerList(ledger);
    this.settings = settings;
    String stage = ledger.stage();
    this.sweeps = sweeps("hemlock-" + stage + "-sweep");
    this.queues =
        IntStream.rangeClosed(1, concurrency)
            .mapToObj(
                slot ->
                    new WorkQueue(
                        kafka,
                        stage,
                        "hemlock-" + stage + "-" + slot,
                        worker,
                        bell,
                        settings.renewal(),
                        hold,
                        settings.farewell()))
            .toList();
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
    try {
      sweeper.ringForAll();
    } catch (HemlockException e) {
      log.atWarn().addKeyValue("error", e.getMessage()).log("left to the next sweeps");
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
      sweeper.sweep();
      if (!queues.isEmpty()) {
        workers.show(worker.id(), queues.size(), running());
      }
      present = workers.present().size();
    } catch (HemlockException e) {
      log.atWarn().addKeyValue("error", e.getMessage()).log("sweep put off");
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("sweep failed");
    }
    scheduleSweep(settings.sweep().multipliedBy(4).dividedBy(3));
  }

  /** Pieces of work in hand here. */
  public int running() {
    return worker.running();
  }

  /** Tries that wait or run anywhere, as of the last sweep. */
  public int backlog() {
    return sweeper.backlog();
  }

  /** Tries of which nobody had claimed the present one, as of the last look at each. */
  public int queued() {
    return sweeper.queued();
  }

  /** Tries whose worker showed no sign of life, as of the last look at each. */
  public int stalled() {
    return sweeper.stalled();
  }

  /** Processes that take such work, as of the last sweep. */
  public int workers() {
    return present;
  }

  /** The work that has not ended, anywhere, as it is now. */
  public StageWork work(int maxTries) {
    List<Pending> pending = ledger.pending();
    StageWork.Builder work =
        StageWork.newBuilder()
            .setStage(ledger.stage())
            .setKind(ledger.kind())
            .setConcurrency(queues.size())
            .setInHand(running())
            .setBacklog(pending.size())
            .addAllWorkers(workers.present());
    pending.stream()
        .limit(maxTries)
        .flatMap(one -> new OpenTries(ledger, sweeper).of(one).stream())
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
