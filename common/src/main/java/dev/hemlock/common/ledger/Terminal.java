package dev.hemlock.common.ledger;

import com.google.rpc.Status;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import java.util.Optional;

/**
 * How a try ended.
 *
 * @param state SUCCEEDED, FAILED or CANCELLED
 * @param error set exactly for FAILED
 */
public record Terminal(RunState state, Optional<Status> error) {
  public Terminal {
    if (!isTerminal(state) || (state == RunState.RUN_STATE_FAILED) != error.isPresent()) {
      throw new IllegalArgumentException("No try ends as " + state + " with error " + error);
    }
  }

  /** Whether a try in this state has ended. */
  public static boolean isTerminal(RunState state) {
    return state == RunState.RUN_STATE_SUCCEEDED
        || state == RunState.RUN_STATE_FAILED
        || state == RunState.RUN_STATE_CANCELLED;
  }

  public static Terminal succeeded() {
    return new Terminal(RunState.RUN_STATE_SUCCEEDED, Optional.empty());
  }

  public static Terminal cancelled() {
    return new Terminal(RunState.RUN_STATE_CANCELLED, Optional.empty());
  }

  public static Terminal failed(HemlockException failure) {
    return new Terminal(RunState.RUN_STATE_FAILED, Optional.of(GrpcErrors.toStatus(failure)));
  }

  /** Why it failed; empty otherwise. */
  public String message() {
    return error.map(Status::getMessage).orElse("");
  }

  /** The error's code by name; empty if it did not fail. */
  public String reason() {
    return error
        .map(status -> io.grpc.Status.fromCodeValue(status.getCode()).getCode().name())
        .orElse("");
  }

  byte[] toJson() {
    RunStatus.Builder document = RunStatus.newBuilder().setState(state);
    error.ifPresent(document::setError);
    return ProtoJson.bytes(document);
  }

  static Terminal parse(byte[] json) {
    RunStatus document = ProtoJson.parse(json, RunStatus.newBuilder()).build();
    try {
      return new Terminal(
          document.getState(),
          document.hasError() ? Optional.of(document.getError()) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw Document.damaged("end of a try", e);
    }
  }
}
