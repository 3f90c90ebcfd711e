package dev.hemlock.cli;

import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;

/** What a run's status means to a command. */
final class RunStates {
  private RunStates() {}

  static String label(RunStatus status) {
    return status.getState().name().replace("RUN_STATE_", "");
  }

  /** Ends the command unless the run succeeded. */
  static void requireSuccess(String name, RunStatus status) {
    if (status.getState() == RunState.RUN_STATE_FAILED) {
      throw new CliException(name + " failed: " + status.getError().getMessage());
    }
    if (status.getState() != RunState.RUN_STATE_SUCCEEDED) {
      throw new CliException(name + " ended as " + label(status) + ".");
    }
  }
}
