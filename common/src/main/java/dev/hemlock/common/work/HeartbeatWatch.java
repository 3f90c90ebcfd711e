package dev.hemlock.common.work;

import dev.hemlock.common.ledger.Heartbeat;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunFold;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Watches the newest claim of a run, by this process's own monotonic clock only. */
final class HeartbeatWatch {
  /** What was seen. */
  enum Sight {
    /** The claim's owner lives. */
    MOVING,
    /** The run is not as it was: ended, handed back, claimed anew. */
    CHANGED,
    /** The heartbeat stood still for the whole time. */
    STILL
  }

  private final Ledger ledger;
  private final WorkSettings settings;
  private final BooleanSupplier shuttingDown;

  HeartbeatWatch(Ledger ledger, WorkSettings settings, BooleanSupplier shuttingDown) {
    this.ledger = ledger;
    this.settings = settings;
    this.shuttingDown = shuttingDown;
  }

  /** Watches until something is seen; a store that is away starts the time anew (it throws). */
  Sight watch(RunFold run) throws InterruptedException {
    Optional<Long> first = counter(run);
    long end = System.nanoTime() + settings.stillness().toNanos();
    while (System.nanoTime() < end) {
      Backoff.sleep(settings.watch(), shuttingDown);
      if (shuttingDown.getAsBoolean()) {
        throw new Work.ShuttingDown();
      }
      if (!counter(run).equals(first)) {
        return Sight.MOVING;
      }
      Optional<RunFold> now = ledger.look(run.name());
      if (now.isEmpty()
          || now.get().epoch() != run.epoch()
          || now.get().tryNumber() != run.tryNumber()
          || now.get().ended()
          || now.get().result()
          || now.get().givenUp()) {
        return Sight.CHANGED;
      }
    }
    return Sight.STILL;
  }

  private Optional<Long> counter(RunFold run) {
    return ledger.heartbeat(run.name(), run.epoch()).map(Heartbeat::counter);
  }
}
