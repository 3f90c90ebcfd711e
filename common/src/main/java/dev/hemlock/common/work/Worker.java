package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.ledger.Attempt;
import dev.hemlock.common.ledger.Attempt.Cause;
import dev.hemlock.common.ledger.Claim;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.AttemptSpan.Outcome;
import dev.hemlock.proto.run.v1.RunState;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Works on one tenant's runs of one stage, one call of {@link #handle} a piece; safe for several threads.
 *
 * <p>The ledger fences: a claim is taken by creating the next epoch, an older one stops at its next
 * look, and of several ends of a try one wins. A store or broker that is away never ends a run.
 */
public final class Worker {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final Stage stage;
  private final Ledger ledger;
  private final ObjectStore store;
  private final RunEvents events;
  private final Patience patience;
  private final Ending ending;
  private final WorkSettings settings;
  private final ScheduledExecutorService timer;
  private final BooleanSupplier shuttingDown;
  private final String id;
  private final Optional<Duration> timeLimit;

  /** What is in hand, and whether the bell rang for it again meanwhile. */
  private final ConcurrentMap<String, Boolean> inHand = new ConcurrentHashMap<>();

  /** A worker that gives each try the time it takes. */
  public Worker(
      Stage stage,
      Ledger ledger,
      ObjectStore store,
      EventPublisher publisher,
      WorkSettings settings,
      ScheduledExecutorService timer,
      BooleanSupplier shuttingDown,
      String id) {
    this(stage, ledger, store, publisher, settings, timer, shuttingDown, id, Optional.empty());
  }

  /**
   * A worker.
   *
   * @param timer runs heartbeats; may block on the store
   * @param id names this process in claims
   * @param timeLimit how long after its first claim a try may be worked on
   */
  public Worker(
      Stage stage,
      Ledger ledger,
      ObjectStore store,
      EventPublisher publisher,
      WorkSettings settings,
      ScheduledExecutorService timer,
      BooleanSupplier shuttingDown,
      String id,
      Optional<Duration> timeLimit) {
    this.stage = stage;
    this.ledger = ledger;
    this.store = store;
    this.events = new RunEvents(publisher);
    this.patience = new Patience(settings, shuttingDown);
    this.ending = new Ending(stage, ledger, store, publisher, patience);
    this.settings = settings;
    this.timer = timer;
    this.shuttingDown = shuttingDown;
    this.id = id;
    this.timeLimit = timeLimit;
  }

  /** As it names itself in claims. */
  String id() {
    return id;
  }

  /** What it works on. */
  Ledger ledger() {
    return ledger;
  }

  /** How it tells of what it works on. */
  RunEvents events() {
    return events;
  }

  /** How many pieces of work are in hand. */
  public int running() {
    return inHand.size();
  }

  /**
   * Does what is to be done for a run, if anything. A run that is in hand already is looked at once
   * more when that work ends: a try can have been opened in between.
   *
   * @return true: nothing is left to do for this request; false: the process shuts down, another
   *     worker should go on
   */
  public boolean handle(String name) throws InterruptedException {
    return Tenant.call(ledger.tenant(), () -> handleInTenant(name));
  }

  private boolean handleInTenant(String name) throws InterruptedException {
    if (inHand.merge(name, false, (ringing, ring) -> true)) {
      return true;
    }
    boolean held = true;
    try {
      while (attend(name)) {
        if (inHand.remove(name, false)) {
          held = false;
          return true;
        }
        inHand.put(name, false);
      }
      return false;
    } finally {
      if (held) {
        inHand.remove(name);
      }
    }
  }

  private boolean attend(String name) throws InterruptedException {
    Backoff backoff = patience.backoff();
    try {
      while (!shuttingDown.getAsBoolean()) {
        try {
          Optional<Boolean> handled = step(name);
          if (handled.isPresent()) {
            return handled.get();
          }
          // Another look is due: somebody else was faster, or an attempt failed.
        } catch (HemlockException e) {
          if (e.reason() == Reason.DATA_LOSS) {
            return damaged(name, e);
          }
          if (!e.retryable()) {
            throw e;
          }
          log.atWarn().addKeyValue("run", name).addKeyValue("error", e.getMessage()).log("waiting");
          backoff.pause();
        }
      }
      return false;
    } catch (Work.ShuttingDown e) {
      return false;
    }
  }

  /** The ledger's own objects are damaged: nobody can work on this try. */
  private boolean damaged(String name, HemlockException failure) throws InterruptedException {
    RunFold run = ledger.look(name).orElseThrow();
    if (run.ended()) {
      throw failure;
    }
    logFailure(run, failure);
    ending.end(run, Terminal.failed(failure), Optional.empty());
    return true;
  }

  private Optional<Boolean> step(String name) throws InterruptedException {
    Optional<RunFold> found = ledger.look(name);
    if (found.isEmpty()) {
      log.atWarn().addKeyValue("run", name).log("no such run in the ledger");
      return Optional.of(true);
    }
    RunFold run = found.get();
    if (run.ended()) {
      // The marker goes last: without it all is told, and the bell rang once too often.
      if (ledger.marked(name, run.tryNumber())) {
        ending.conclude(run, ledger.terminal(name, run.tryNumber()), Optional.empty());
      }
      return Optional.of(true);
    }
    if (run.result()) {
      ending.end(run, Terminal.succeeded(), Optional.empty());
      return Optional.of(true);
    }
    Optional<Claim> held = ledger.claim(run);
    if (held.isPresent() && !run.givenUp()) {
      switch (new HeartbeatWatch(ledger, settings, shuttingDown).watch(run)) {
        case MOVING -> {
          return Optional.of(true);
        }
        case CHANGED -> {
          return Optional.empty();
        }
        case STILL -> log.atWarn().addKeyValue("run", name).log("taking over from a dead worker");
      }
    }
    if (run.cancelRequested()) {
      ending.end(run, Terminal.cancelled(), Optional.empty());
      return Optional.of(true);
    }
    int firstEpoch = held.map(Claim::firstEpoch).orElse(run.epoch() + 1);
    Optional<HemlockException> exhausted = exhausted(run, firstEpoch);
    if (exhausted.isPresent()) {
      ending.end(run, Terminal.failed(exhausted.get()), Optional.empty());
      return Optional.of(true);
    }
    // Before the claim: reading can take long, and a claim lives only while it beats.
    byte[] spec = ledger.spec(name);
    Context trace = AttemptSpan.trace(ledger, run);
    int epoch = run.epoch() + 1;
    String claimant = id + "/" + UUID.randomUUID();
    Failpoint.hit(stage.name(), "claim.before");
    if (!ledger.claim(
        name, epoch, new Claim(run.tryNumber(), firstEpoch, claimant, Instant.now()))) {
      return Optional.empty();
    }
    Failpoint.hit(stage.name(), "claim.after");
    try (AttemptSpan span = new AttemptSpan(trace, ledger, run, epoch);
        Scope here = span.context().makeCurrent()) {
      return work(run, epoch, spec, firstEpoch, span);
    }
  }

  /** Why this try can't go on: too many claims since the last checkpoint ended in an error. */
  private Optional<HemlockException> exhausted(RunFold run, int firstEpoch) {
    int from = Math.max(firstEpoch, run.checkpointEpoch() + 1);
    if (run.epoch() - from + 1 < WorkSettings.LARGEST_CLAIMS_WITHOUT_PROGRESS) {
      return Optional.empty();
    }
    int counted = 0;
    String last = "the worker's process died";
    for (int epoch = from; epoch <= run.epoch(); epoch++) {
      if (!run.attempts().contains(epoch)) {
        counted++;
        continue;
      }
      Attempt attempt = ledger.attempt(run.name(), epoch);
      if (attempt.cause().counts()) {
        counted++;
        last = attempt.message();
      }
    }
    if (counted < WorkSettings.LARGEST_CLAIMS_WITHOUT_PROGRESS) {
      return Optional.empty();
    }
    return Optional.of(
        HemlockException.internal(
                "The work failed "
                    + counted
                    + " times without getting further, lastly: "
                    + last
                    + ". See the worker's log; asking for the run again starts a new try.")
            .with("attempts", Integer.toString(counted)));
  }

  private Optional<Boolean> work(
      RunFold run, int epoch, byte[] spec, int firstEpoch, AttemptSpan span)
      throws InterruptedException {
    log.atInfo().addKeyValue("run", run.name()).addKeyValue("epoch", epoch).log("work started");
    try (Session session =
        new Session(
            ledger,
            store,
            settings,
            timer,
            shuttingDown,
            run,
            epoch,
            spec,
            firstEpoch,
            timeLimit)) {
      events.entered(run.name(), run.tryNumber(), RunState.RUN_STATE_RUNNING);
      return work(run, session, span);
    }
  }

  /** A defect is told with its trace; what the request asked for wrongly, in a sentence. */
  private static void logFailure(RunFold run, HemlockException failure) {
    LoggingEventBuilder event =
        log.atWarn().addKeyValue("run", run.name()).addKeyValue("error", failure.getMessage());
    if (failure.reason() == Reason.INTERNAL) {
      event = event.setCause(failure);
    }
    event.log("work failed");
  }

  private Optional<Boolean> work(RunFold run, Session session, AttemptSpan span)
      throws InterruptedException {
    Backoff backoff = patience.backoff();
    while (true) {
      try {
        session.checkpoint();
        byte[] computed = stage.run(session);
        Failpoint.hit(stage.name(), "result.before");
        byte[] result = patience.untilAvailable(() -> ledger.commit(run.name(), computed));
        Failpoint.hit(stage.name(), "result.after");
        span.outcome(Outcome.SUCCEEDED);
        ending.end(
            run, Terminal.succeeded(), Optional.of(new Ending.Known(session.spec(), result)));
        return Optional.of(true);
      } catch (Throwable failure) {
        Optional<Work.Stopped> stop =
            failure instanceof Work.Stopped stopped ? Optional.of(stopped) : session.stopped();
        if (stop.isPresent()) {
          return Optional.of(stopped(run, session, stop.get(), span));
        }
        Optional<HemlockException> purpose = known(failure);
        if (purpose.isEmpty()) {
          span.failed(Outcome.ERROR, failure);
          return failed(run, session, failure, backoff);
        }
        HemlockException known = purpose.get();
        if (!known.retryable()) {
          span.failed(Outcome.FAILED, known);
          logFailure(run, known);
          ending.end(run, Terminal.failed(known), Optional.empty());
          return Optional.of(true);
        }
        log.atWarn()
            .addKeyValue("run", run.name())
            .addKeyValue("error", known.getMessage())
            .log("work waits");
        backoff.pause();
      }
    }
  }

  /** An error on purpose, ours or another service's; empty for defects. */
  private static Optional<HemlockException> known(Throwable failure) {
    if (failure instanceof HemlockException || failure instanceof StatusRuntimeException) {
      return Optional.of(GrpcErrors.toException(failure))
          .filter(known -> known.reason() != Reason.INTERNAL);
    }
    boolean wrapper =
        failure instanceof CompletionException || failure instanceof ExecutionException;
    return wrapper && failure.getCause() != null ? known(failure.getCause()) : Optional.empty();
  }

  private boolean stopped(RunFold run, Session session, Work.Stopped why, AttemptSpan span)
      throws InterruptedException {
    log.atInfo().addKeyValue("run", run.name()).log("work stopped: {}", why.getMessage());
    if (why instanceof Work.CancelRequested) {
      span.outcome(Outcome.CANCELLED);
      ending.end(run, Terminal.cancelled(), Optional.empty());
      return true;
    }
    if (why instanceof Work.OutOfTime) {
      HemlockException outOfTime = outOfTime();
      span.failed(Outcome.FAILED, outOfTime);
      ending.end(run, Terminal.failed(outOfTime), Optional.empty());
      return true;
    }
    boolean handedBack = why instanceof Work.ShuttingDown;
    Cause cause = handedBack ? Cause.HANDED_BACK : Cause.OVERTAKEN;
    span.outcome(handedBack ? Outcome.HANDED_BACK : Outcome.OVERTAKEN);
    try {
      ledger.giveUp(run.name(), session.epoch(), new Attempt(cause, why.getMessage()));
    } catch (HemlockException e) {
      log.atWarn().addKeyValue("run", run.name()).setCause(e).log("hand-back not recorded");
    }
    if (!handedBack) {
      ending.overtaken(run);
    }
    return !handedBack;
  }

  private HemlockException outOfTime() {
    String limit = timeLimit.orElseThrow().toString();
    return new HemlockException(
            Reason.DEADLINE_EXCEEDED,
            "The run took longer than %s from its first attempt; raise hemlock.work.%s.time-limit,"
                    .formatted(limit, stage.name())
                + " or ask for less. Asking for it again continues from its last checkpoint.")
        .with("timeLimit", limit);
  }

  private Optional<Boolean> failed(RunFold run, Session session, Throwable failure, Backoff backoff)
      throws InterruptedException {
    log.atError().addKeyValue("run", run.name()).setCause(failure).log("attempt failed");
    patience.untilAvailable(
        () -> {
          ledger.giveUp(run.name(), session.epoch(), new Attempt(Cause.ERROR, failure.toString()));
          return true;
        });
    backoff.pause();
    return Optional.empty();
  }
}
