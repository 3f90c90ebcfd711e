package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.ledger.Heartbeat;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.storage.ObjectStore;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claim that is being worked on: beats in the background and looks, at each beat, whether the
 * claim still holds.
 */
final class Session implements Work, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final Ledger ledger;
  private final WorkSettings settings;
  private final ScheduledExecutorService timer;
  private final BooleanSupplier shuttingDown;
  private final String name;
  private final int tryNumber;
  private final int epoch;
  private final byte[] spec;
  private final int firstEpoch;
  private final Optional<Duration> timeLimit;
  private final CheckpointStore checkpoints;
  private final ScheduledFuture<?> beating;
  private final AtomicBoolean beatAhead = new AtomicBoolean();
  private volatile Heartbeat latest = new Heartbeat(0, 0, Optional.empty());
  private volatile Optional<Stopped> stop = Optional.empty();
  private volatile boolean closed;
  private long counter;
  private volatile long lastBeat = System.nanoTime();

  Session(
      Ledger ledger,
      ObjectStore store,
      WorkSettings settings,
      ScheduledExecutorService timer,
      BooleanSupplier shuttingDown,
      RunFold run,
      int epoch,
      byte[] spec,
      int firstEpoch,
      Optional<Duration> timeLimit) {
    this.ledger = ledger;
    this.settings = settings;
    this.timer = timer;
    this.shuttingDown = shuttingDown;
    this.name = run.name();
    this.tryNumber = run.tryNumber();
    this.epoch = epoch;
    this.spec = spec;
    this.firstEpoch = firstEpoch;
    this.timeLimit = timeLimit;
    this.checkpoints = new LedgerCheckpoints(store, ledger, name, epoch, this::checkClaim);
    long interval = settings.heartbeat().toNanos();
    this.beating =
        timer.scheduleWithFixedDelay(
            Context.current().wrap(this::tick), interval, interval, TimeUnit.NANOSECONDS);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte[] spec() {
    return spec.clone();
  }

  @Override
  public int tryNumber() {
    return tryNumber;
  }

  int epoch() {
    return epoch;
  }

  @Override
  public CheckpointStore checkpoints() {
    return checkpoints;
  }

  @Override
  public void progress(double share, byte[] document) {
    latest =
        new Heartbeat(
            0,
            Math.min(1, Math.max(0, share)),
            document.length == 0 ? Optional.empty() : Optional.of(document.clone()));
    long due = lastBeat + settings.progress().toNanos() - System.nanoTime();
    if (!closed && beatAhead.compareAndSet(false, true)) {
      var unused = timer.schedule(this::beat, Math.max(0, due), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void checkpoint() {
    stopped()
        .ifPresent(
            why -> {
              throw why;
            });
  }

  /** Why the work should end, as far as is known. */
  Optional<Stopped> stopped() {
    if (stop.isEmpty() && shuttingDown.getAsBoolean()) {
      return Optional.of(new ShuttingDown());
    }
    return stop;
  }

  /**
   * Looks into the ledger, then behaves as {@link #checkpoint()}, except that a shutdown is no reason
   * to stop: what is handed back can be saved first.
   */
  private void checkClaim() {
    refresh();
    stop.ifPresent(
        why -> {
          throw why;
        });
  }

  private void refresh() {
    Optional<RunFold> run = ledger.look(name);
    if (run.isEmpty()
        || run.get().epoch() > epoch
        || run.get().tryNumber() != tryNumber
        || run.get().ended()
        || run.get().result()) {
      stop = Optional.of(new Superseded());
    } else if (stop.isEmpty()) {
      if (run.get().cancelRequested()) {
        stop = Optional.of(new CancelRequested());
      } else if (overdue(run.get())) {
        stop = Optional.of(new OutOfTime());
      }
    }
  }

  /** By the store's clock alone: between the try's first claim and this claim's last sign of life. */
  private boolean overdue(RunFold run) {
    Instant start = run.claims().getOrDefault(firstEpoch, Instant.MAX);
    return timeLimit.isPresent()
        && run.heartbeatTime().filter(now -> now.minus(timeLimit.get()).isAfter(start)).isPresent();
  }

  private void tick() {
    beat();
    try {
      refresh();
    } catch (HemlockException e) {
      log.atWarn()
          .addKeyValue("run", name)
          .addKeyValue("error", e.getMessage())
          .log("the ledger does not answer");
    } catch (RuntimeException e) {
      log.atError().addKeyValue("run", name).setCause(e).log("could not look into the ledger");
    }
  }

  private synchronized void beat() {
    beatAhead.set(false);
    if (closed) {
      return;
    }
    Heartbeat heartbeat = latest;
    lastBeat = System.nanoTime();
    counter++;
    try {
      ledger.beat(name, epoch, new Heartbeat(counter, heartbeat.share(), heartbeat.document()));
    } catch (HemlockException e) {
      log.atWarn()
          .addKeyValue("run", name)
          .addKeyValue("error", e.getMessage())
          .log("the ledger does not answer");
    } catch (RuntimeException e) {
      log.atError().addKeyValue("run", name).setCause(e).log("could not beat");
    }
  }

  /** Stops beating; no beat comes after this. */
  @Override
  public void close() {
    beating.cancel(false);
    synchronized (this) {
      closed = true;
    }
  }
}
