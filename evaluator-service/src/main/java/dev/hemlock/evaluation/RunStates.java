package dev.hemlock.evaluation;

import dev.hemlock.proto.run.v1.RunState;

/** Questions about states. */
final class RunStates {
  private RunStates() {}

  /** Whether a try in this state has ended. */
  static boolean ended(RunState state) {
    return switch (state) {
      case RUN_STATE_SUCCEEDED, RUN_STATE_FAILED, RUN_STATE_CANCELLED -> true;
      case RUN_STATE_UNSPECIFIED, RUN_STATE_QUEUED, RUN_STATE_RUNNING, UNRECOGNIZED -> false;
    };
  }

  /** For people, for example {@code RUNNING}. */
  static String describe(RunState state) {
    return state.name().replaceFirst("^RUN_STATE_", "");
  }
}
