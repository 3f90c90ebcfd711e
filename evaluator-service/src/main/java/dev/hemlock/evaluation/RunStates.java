package dev.hemlock.evaluation;

import dev.hemlock.proto.run.v1.RunState;

/** Names of states. */
final class RunStates {
  private RunStates() {}

  /** For people, for example {@code RUNNING}. */
  static String describe(RunState state) {
    return state.name().replaceFirst("^RUN_STATE_", "");
  }
}
