package dev.hemlock.common.ledger;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.storage.Page;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import io.opentelemetry.context.Scope;
import io.smallrye.mutiny.Multi;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The present tenant's runs of one kind, as their service's API shows them. Blocking, except {@link
 * #watch}.
 */
public final class Runs {
  private static final int DEFAULT_PAGE = 50;
  private static final int LARGEST_PAGE = 1000;

  private final Supplier<Ledger> ledgers;
  private final RunEvents events;
  private final Doorbell bell;
  private final EventFeed feed;
  private final OptionalInt quota;

  /** The runs of one tenant. */
  public Runs(Ledger ledger, RunEvents events, Doorbell bell, EventFeed feed) {
    this(() -> ledger, events, bell, feed, OptionalInt.empty());
  }

  /**
   * Runs.
   *
   * @param ledgers the present tenant's
   * @param quota how many runs of a tenant may wait or run
   */
  public Runs(
      Supplier<Ledger> ledgers,
      RunEvents events,
      Doorbell bell,
      EventFeed feed,
      OptionalInt quota) {
    this.ledgers = ledgers;
    this.events = events;
    this.bell = bell;
    this.feed = feed;
    this.quota = quota;
  }

  /**
   * Asks for the run of a spec, whose digest is its name. Asking twice gives the same run; asking
   * again after FAILED or CANCELLED opens the next try.
   *
   * @param canonicalSpec canonical JSON
   * @param requestId a name for this request; empty for none
   * @throws HemlockException ALREADY_EXISTS if the request id was used for another spec; THROTTLED
   *     if a try would have to be opened and the tenant has as many as it may
   */
  public RunView create(byte[] canonicalSpec, String requestId) {
    Ledger ledger = ledgers.get();
    String name = ledger.name(canonicalSpec);
    Optional<RunFold> known = ledger.look(name);
    boolean failed = known.filter(run -> run.ended() && !succeeded(ledger, run)).isPresent();
    if (known.isEmpty() || failed) {
      requireRoom(ledger);
    }
    if (!requestId.isEmpty() && !ledger.bind(requestId, name)) {
      throw HemlockException.alreadyExists(
              "The request id " + requestId + " was used for another spec. Use a new request id.")
          .with("requestId", requestId);
    }
    if (known.isEmpty()) {
      ledger.mark(name, 1);
      Failpoint.hit(ledger.stage(), "create.before");
      ledger.keepTrace(name, 1);
      ledger.createSpec(name, canonicalSpec);
      Failpoint.hit(ledger.stage(), "create.after");
      announce(ledger, name, 1);
    } else if (failed) {
      reopen(ledger, known.get(), known.get().tryNumber() + 1);
    } else {
      if (!known.get().ended() && ledger.claim(known.get()).isEmpty()) {
        // Whoever asked first may have stood still for so long that the sweepers dropped its
        // marker.
        ledger.mark(name, known.get().tryNumber());
      }
      return ledger.view(known.get(), canonicalSpec);
    }
    return ledger.view(look(ledger, name), canonicalSpec);
  }

  private void requireRoom(Ledger ledger) {
    if (quota.isEmpty()) {
      return;
    }
    long open = ledger.pending().stream().map(Ledger.Pending::name).distinct().count();
    if (open >= quota.getAsInt()) {
      String key = "hemlock.work." + ledger.stage() + ".quota";
      throw HemlockException.throttled(
              "The tenant %s has %d %s that wait or run, and %s allows %d; wait until one has ended, or cancel one"
                  .formatted(ledger.tenant(), open, ledger.kind(), key, quota.getAsInt()))
          .with("tenant", ledger.tenant())
          .with("key", key)
          .with("open", Long.toString(open))
          .with("quota", Integer.toString(quota.getAsInt()));
    }
  }

  /**
   * The run of a spec as it is, without asking for it; in state UNSPECIFIED if there is none.
   *
   * @param canonicalSpec canonical JSON
   */
  public RunView preview(byte[] canonicalSpec) {
    Ledger ledger = ledgers.get();
    String name = ledger.name(canonicalSpec);
    return ledger
        .look(name)
        .map(run -> ledger.view(run, canonicalSpec))
        .orElseGet(
            () ->
                new RunView(
                    name,
                    canonicalSpec,
                    RunStatus.getDefaultInstance(),
                    Optional.empty(),
                    Optional.empty()));
  }

  /** The runs that wait for a worker. */
  public List<RunView> queued() {
    Ledger ledger = ledgers.get();
    return ledger.pending().stream()
        .map(Ledger.Pending::name)
        .distinct()
        .flatMap(name -> ledger.look(name).stream())
        .map(ledger::view)
        .filter(run -> run.status().getState() == RunState.RUN_STATE_QUEUED)
        .toList();
  }

  private static boolean succeeded(Ledger ledger, RunFold run) {
    return ledger.terminal(run.name(), run.tryNumber()).state() == RunState.RUN_STATE_SUCCEEDED;
  }

  private void reopen(Ledger ledger, RunFold run, int tryNumber) {
    ledger.mark(run.name(), tryNumber);
    ledger.keepTrace(run.name(), tryNumber);
    ledger.openTry(run.name(), tryNumber);
    if (run.result()) {
      // A worker tells of it and drops the marker: the result facts are the stage's.
      ledger.end(run.name(), tryNumber, Terminal.succeeded());
      bell.ring(ledger.stage(), run.name());
    } else {
      announce(ledger, run.name(), tryNumber);
    }
  }

  private void announce(Ledger ledger, String name, int tryNumber) {
    events.entered(name, tryNumber, RunState.RUN_STATE_QUEUED);
    bell.ring(ledger.stage(), name);
  }

  /** Reads a run. NOT_FOUND if there is none. */
  public RunView get(String name) {
    Ledger ledger = ledgers.get();
    return ledger.view(look(ledger, name));
  }

  /**
   * A page of runs in the order of their names.
   *
   * @param pageSize 1 to 1000; 0 for 50
   * @param pageToken {@code nextToken} of the page before; empty for the first page
   */
  public Page<RunView> list(int pageSize, String pageToken) {
    Ledger ledger = ledgers.get();
    int limit = pageSize <= 0 ? DEFAULT_PAGE : Math.min(pageSize, LARGEST_PAGE);
    Page<String> names = ledger.names(Page.requireDigestToken(pageToken), limit);
    return new Page<>(
        names.items().stream()
            .flatMap(id -> ledger.look(ledger.kind() + "/" + id).stream())
            .map(ledger::view)
            .toList(),
        names.nextToken());
  }

  /**
   * Asks a run to stop and returns its present state. A run that waits is CANCELLED at once; one
   * that runs, when its worker next looks; one that has ended stays as it is.
   */
  public RunView cancel(String name) {
    Ledger ledger = ledgers.get();
    RunFold run = look(ledger, name);
    if (!run.ended()) {
      ledger.requestCancel(name, run.tryNumber());
      RunFold now = look(ledger, name);
      boolean claimed = ledger.claim(now).isPresent() && !now.givenUp();
      if (now.tryNumber() == run.tryNumber() && !now.ended() && !now.result() && !claimed) {
        end(ledger, now, Terminal.cancelled());
      }
    }
    return get(name);
  }

  private void end(Ledger ledger, RunFold run, Terminal terminal) {
    Terminal ended = ledger.end(run.name(), run.tryNumber(), terminal);
    try {
      events.ended(ledger.stage(), run.name(), run.tryNumber(), ended);
      if (look(ledger, run.name()).epoch() > 0) {
        // What a worker has let go of, or has claimed in this moment, may still hold something
        // elsewhere; the next one ends that.
        try (Scope here = ledger.trace(run.name(), run.tryNumber()).makeCurrent()) {
          bell.ring(ledger.stage(), run.name());
        }
      } else {
        ledger.unmark(run.name(), run.tryNumber());
      }
    } catch (HemlockException e) {
      // The marker stays, so the sweeper has a worker repeat this.
      if (!e.retryable()) {
        throw e;
      }
    }
  }

  /** The present state at once, then each change, to a terminal state. */
  public Multi<RunView> watch(String name) {
    Ledger ledger = ledgers.get();
    return Multi.createFrom()
        .deferred(
            () -> {
              AtomicReference<byte[]> spec = new AtomicReference<>();
              return RunWatch.of(() -> view(ledger, name, spec), ledger.tenant(), name, feed);
            });
  }

  /** Reads the spec only once; it never changes. */
  private static RunView view(Ledger ledger, String name, AtomicReference<byte[]> spec) {
    RunFold run = look(ledger, name);
    if (spec.get() == null) {
      spec.set(ledger.spec(name));
    }
    return ledger.view(run, spec.get());
  }

  private static RunFold look(Ledger ledger, String name) {
    return ledger
        .look(name)
        .orElseThrow(
            () ->
                HemlockException.notFound(
                        "There is no " + name + ". List " + ledger.kind() + " to see the names.")
                    .with("name", name));
  }
}
