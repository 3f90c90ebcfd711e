package dev.hemlock.common.work;

import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.Ledger.Pending;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunFold;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Rings the bell again for marked runs that nobody works on, so that a lost ring or a wiped broker
 * loses no run. It looks only at pending markers, and less often at a run the longer it waits.
 */
final class Sweeper {
  private static final int LONGEST_GAP = 16;
  private static final Duration ORPHAN = Duration.ofMinutes(10);

  private final Ledger ledger;
  private final Doorbell bell;
  private final RunEvents events;
  private final LongSupplier nanos;
  private Map<Pending, Long> orphans = Map.of();
  private volatile Map<Pending, Sighting> known = Map.of();
  private volatile int backlog;
  private volatile int queued;
  private volatile int stalled;

  Sweeper(Ledger ledger, Doorbell bell, RunEvents events) {
    this(ledger, bell, events, System::nanoTime);
  }

  Sweeper(Ledger ledger, Doorbell bell, RunEvents events, LongSupplier nanos) {
    this.ledger = ledger;
    this.bell = bell;
    this.events = events;
    this.nanos = nanos;
  }

  /** Rings for every marked run at once: the queue lost what it held. */
  synchronized void ringForAll() {
    ledger.pending().stream()
        .collect(Collectors.toMap(Pending::name, Pending::tryNumber, Math::max, TreeMap::new))
        .forEach(this::ring);
    known = Map.of();
  }

  private void ring(String name, int tryNumber) {
    try (Scope here = ledger.trace(name, tryNumber).makeCurrent()) {
      bell.ring(ledger.stage(), name);
    }
  }

  /** How many tries were not ended at the last sweep. */
  int backlog() {
    return backlog;
  }

  /** How many of them nobody worked on when they were last looked at. */
  int queued() {
    return queued;
  }

  /** How many of them had a worker without a sign of life when they were last looked at. */
  int stalled() {
    return stalled;
  }

  /** Whether a run looks as it did at the last two sweeps that looked at it. */
  boolean still(Pending pending, RunFold run) {
    Sighting last = known.get(pending);
    return last != null && last.still() && last.life().equals(Life.of(run));
  }

  /** Looks once; a run is rung for from its second sighting in a row without a sign of life. */
  synchronized void sweep() {
    List<Pending> pending = ledger.pending();
    backlog = pending.size();
    Map<Pending, Sighting> seen = new HashMap<>();
    orphans = new HashMap<>(orphans);
    orphans.keySet().retainAll(Set.copyOf(pending));
    for (Pending one : pending) {
      Sighting before = known.get(one);
      if (before != null && before.skip() > 0) {
        seen.put(one, before.skipped());
      } else {
        look(one, Optional.ofNullable(before)).ifPresent(sighting -> seen.put(one, sighting));
      }
    }
    known = seen;
    queued = (int) seen.values().stream().filter(one -> !one.life().claimed()).count();
    stalled =
        (int) seen.values().stream().filter(one -> one.life().claimed() && one.still()).count();
  }

  private Optional<Sighting> look(Pending pending, Optional<Sighting> before) {
    Optional<RunFold> found =
        ledger.look(pending.name()).filter(run -> run.tryNumber() >= pending.tryNumber());
    if (found.isEmpty()) {
      // The marker is written first; what it announces may still come.
      long since = orphans.computeIfAbsent(pending, first -> nanos.getAsLong());
      if (nanos.getAsLong() - since > ORPHAN.toNanos()) {
        ledger.unmark(pending.name(), pending.tryNumber());
      }
      return Optional.empty();
    }
    RunFold run = found.get();
    if (run.tryNumber() > pending.tryNumber()) {
      // Whoever ended that try may have died before telling of it.
      events.ended(
          ledger.stage(),
          pending.name(),
          pending.tryNumber(),
          ledger.terminal(pending.name(), pending.tryNumber()));
      ledger.unmark(pending.name(), pending.tryNumber());
      return Optional.empty();
    }
    Life life = Life.of(run);
    if (before.isEmpty() || !before.get().life().equals(life)) {
      return Optional.of(new Sighting(life, false, 1, 0));
    }
    ring(pending.name(), pending.tryNumber());
    int gap = before.get().gap();
    return Optional.of(new Sighting(life, true, Math.min(LONGEST_GAP, 2 * gap), gap - 1));
  }

  /** What changes while somebody works on a run. */
  private record Life(int epoch, Optional<Instant> heartbeat, int attempts, boolean claimed) {
    static Life of(RunFold run) {
      return new Life(
          run.epoch(),
          run.heartbeatTime(),
          run.attempts().size(),
          run.epoch() > 0 && !run.givenUp());
    }
  }

  /**
   * A run as it was last seen.
   *
   * @param still whether it looked the same the time before
   * @param gap sweeps until the next but one ring
   * @param skip sweeps that pass it over
   */
  private record Sighting(Life life, boolean still, int gap, int skip) {
    Sighting skipped() {
      return new Sighting(life, still, gap, skip - 1);
    }
  }
}
