package dev.hemlock.common.work;

import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One attempt at a run: a span of the run's trace, and timed. */
final class AttemptSpan implements AutoCloseable {
  private final Span span;
  private final Context context;
  private final String stage;
  private final long start = System.nanoTime();
  private Optional<Outcome> outcome = Optional.empty();

  /**
   * Starts it.
   *
   * @param epoch of the claim
   */
  AttemptSpan(Context trace, Ledger ledger, RunFold run, int epoch) {
    this.stage = ledger.stage();
    this.span =
        Tracing.span("attempt " + ledger.stage(), SpanKind.CONSUMER)
            .setParent(trace)
            .setAttribute("hemlock.run", run.name())
            .setAttribute("hemlock.stage", ledger.stage())
            .setAttribute("hemlock.try", run.tryNumber())
            .setAttribute("hemlock.attempt", epoch)
            .setAttribute("hemlock.tenant", ledger.tenant())
            .startSpan();
    this.context = Tracing.with(trace.with(span), ledger.stage(), run.name());
  }

  /** The trace that the queue's record names, or else the one that the ledger has kept. */
  static Context trace(Ledger ledger, RunFold run) {
    Context record = Context.current();
    return Tracing.traced(record) ? record : ledger.trace(run.name(), run.tryNumber());
  }

  /** What belongs to it. */
  Context context() {
    return context;
  }

  /** How it ended. */
  void outcome(Outcome seen) {
    outcome = Optional.of(seen);
    span.setAttribute("hemlock.outcome", seen.id());
  }

  /** That it ended in an error, whether or not that ends the run. */
  void failed(Outcome seen, Throwable failure) {
    outcome(seen);
    span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
  }

  @Override
  public void close() {
    span.end();
    outcome.ifPresent(
        seen ->
            WorkMeters.attempts(stage, seen)
                .record(System.nanoTime() - start, TimeUnit.NANOSECONDS));
  }

  /** How an attempt can end. */
  enum Outcome {
    /** The result is committed. */
    SUCCEEDED,
    /** The run has FAILED for good. */
    FAILED,
    /** The run was cancelled. */
    CANCELLED,
    /** Another attempt follows. */
    ERROR,
    /** The process shuts down; another one goes on. */
    HANDED_BACK,
    /** Another worker has a newer claim. */
    OVERTAKEN;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
