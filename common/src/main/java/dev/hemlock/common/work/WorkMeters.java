package dev.hemlock.common.work;

import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.work.AttemptSpan.Outcome;
import dev.hemlock.proto.run.v1.RunState;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How long attempts, runs and checkpoints take, by stage. */
final class WorkMeters {
  private static final List<RunState> ENDS =
      List.of(
          RunState.RUN_STATE_SUCCEEDED, RunState.RUN_STATE_FAILED, RunState.RUN_STATE_CANCELLED);

  private WorkMeters() {}

  /** Has every meter of a stage be there before anything happens. */
  static void register(String stage) {
    for (Outcome outcome : Outcome.values()) {
      attempts(stage, outcome);
    }
    ENDS.forEach(state -> runs(stage, state));
    checkpoints(stage);
  }

  static Timer attempts(String stage, Outcome outcome) {
    return Timer.builder("hemlock.work.attempts")
        .description("Attempts at runs that this process has made")
        .tag("stage", stage)
        .tag("outcome", outcome.id())
        .register(Metrics.globalRegistry);
  }

  static Timer checkpoints(String stage) {
    return Timer.builder("hemlock.work.checkpoints")
        .description("Checkpoints that this process has written")
        .tag("stage", stage)
        .register(Metrics.globalRegistry);
  }

  /** Records a run that has ended, from when its present try was asked for, by the store's clock. */
  static void ended(String stage, RunFold run, RunState state) {
    run.endTime()
        .ifPresent(end -> runs(stage, state).record(Duration.between(run.askTime(), end).abs()));
  }

  private static Timer runs(String stage, RunState state) {
    return Timer.builder("hemlock.work.runs")
        .description("Runs that this process has ended, from when they were asked for")
        .tag("stage", stage)
        .tag("state", state.name().substring("RUN_STATE_".length()).toLowerCase(Locale.ROOT))
        .register(Metrics.globalRegistry);
  }
}
