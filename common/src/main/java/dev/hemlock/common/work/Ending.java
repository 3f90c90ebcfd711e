package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.proto.run.v1.RunState;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last steps of a try: its terminal object, the facts about it, its marker; in this order. */
final class Ending {
  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  private final Stage stage;
  private final Ledger ledger;
  private final ObjectStore store;
  private final EventPublisher publisher;
  private final RunEvents events;
  private final Patience patience;

  Ending(
      Stage stage, Ledger ledger, ObjectStore store, EventPublisher publisher, Patience patience) {
    this.stage = stage;
    this.ledger = ledger;
    this.store = store;
    this.publisher = publisher;
    this.events = new RunEvents(publisher);
    this.patience = patience;
  }

  /** What need not be read from the ledger again. */
  @SuppressWarnings("ArrayRecordComponent")
  record Known(byte[] spec, byte[] result) {}

  /** Ends a try, unless somebody else has, and concludes it as it ended. */
  void end(RunFold run, Terminal terminal, Optional<Known> known) throws InterruptedException {
    Terminal actual =
        patience.untilAvailable(() -> ledger.end(run.name(), run.tryNumber(), terminal));
    conclude(run, actual, known);
  }

  /** Tells how a try ended, which may be a repetition, and then forgets its marker. */
  void conclude(RunFold run, Terminal terminal, Optional<Known> known) throws InterruptedException {
    patience.untilAvailable(
        () -> {
          Failpoint.hit(stage.name(), "emit.before");
          events.ended(stage.name(), run.name(), run.tryNumber(), terminal);
          Failpoint.hit(stage.name(), "emit.after");
          if (terminal.state() == RunState.RUN_STATE_SUCCEEDED) {
            told(run.name(), () -> succeeded(run.name(), terminal, known));
            deleteCheckpoints(run.name());
          } else {
            told(
                run.name(),
                () ->
                    abandoned(run)
                        .ifPresent(now -> WorkMeters.ended(stage.name(), now, terminal.state())));
          }
          ledger.unmark(run.name(), run.tryNumber());
          return true;
        });
    log.atInfo()
        .addKeyValue("run", run.name())
        .addKeyValue("state", terminal.state())
        .log("run ended");
  }

  /** Lets go of what was asked for or saved while somebody else ended the try. */
  void overtaken(RunFold run) throws InterruptedException {
    patience.untilAvailable(
        () -> {
          RunFold now = ledger.look(run.name()).orElseThrow();
          if (now.result()) {
            deleteCheckpoints(run.name());
          } else if (now.ended()) {
            told(run.name(), () -> abandoned(run));
          }
          return true;
        });
  }

  /** Tells the stage; what it gets wrong must not keep the run from ending. */
  private static void told(String name, Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      if (e instanceof HemlockException known && known.retryable()) {
        throw e;
      }
      log.atError().addKeyValue("run", name).setCause(e).log("the stage failed at the end");
    }
  }

  private void succeeded(String name, Terminal terminal, Optional<Known> known) {
    RunFold run = ledger.look(name).orElseThrow();
    WorkMeters.ended(stage.name(), run, terminal.state());
    byte[] spec = known.isPresent() ? known.get().spec() : ledger.spec(name);
    byte[] result = known.isPresent() ? known.get().result() : ledger.result(name);
    stage.succeeded(ledger.view(run, spec, terminal, Optional.of(result)), publisher);
  }

  private void deleteCheckpoints(String name) {
    try {
      LedgerCheckpoints.deleteAll(store, ledger, name);
    } catch (HemlockException e) {
      if (e.retryable()) {
        throw e;
      }
      log.atWarn()
          .addKeyValue("run", name)
          .addKeyValue("error", e.getMessage())
          .log("checkpoints left behind");
    }
  }

  /** Tells the stage, and gives the run, unless the next try was opened already. */
  private Optional<RunFold> abandoned(RunFold run) {
    Optional<RunFold> present =
        ledger.look(run.name()).filter(now -> now.tryNumber() == run.tryNumber());
    present.ifPresent(now -> stage.abandoned(now.name()));
    return present;
  }
}
