package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.proto.run.v1.RunState;

/** What states are called, and what follows from one other than SUCCEEDED. */
final class RunStates {
  private RunStates() {}

  /** For people, for example {@code RUNNING}. */
  static String describe(RunState state) {
    return state.name().replaceFirst("^RUN_STATE_", "");
  }

  /**
   * FAILED_PRECONDITION for what needs a run that has SUCCEEDED.
   *
   * @param lack what the run so far is without, for example "has no model"
   */
  static HemlockException notSucceeded(String name, RunState state, String lack) {
    return HemlockException.failedPrecondition(
        "%s is %s and %s; %s"
            .formatted(
                name,
                describe(state),
                lack,
                Terminal.isTerminal(state) ? "ask for it again" : "wait until it has SUCCEEDED"));
  }
}
