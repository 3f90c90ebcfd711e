package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.GrpcErrors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.function.Supplier;

/** Calls to other services. {@link #await} blocks, so it belongs on a worker thread. */
final class Calls {
  /** How long one unary call may take, in seconds. */
  static final long DEADLINE_SECONDS = 30;

  /** How long one watch stream stays open before it is opened anew, in seconds. */
  static final long WATCH_SECONDS = 300;

  static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
  static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);
  private static final int RETRIES = 4;

  private Calls() {}

  /**
   * Makes a unary call, a few times if the other service is away.
   *
   * @throws HemlockException what the other service answered; UNAVAILABLE if it stays away
   */
  static <T> T await(Supplier<Uni<? extends T>> call) {
    try {
      return Uni.createFrom()
          .<T>deferred(call)
          .onFailure(Calls::isAway)
          .retry()
          .withBackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
          .atMost(RETRIES)
          .await()
          .indefinitely();
    } catch (RuntimeException e) {
      throw toException(e);
    }
  }

  /** Whether the same call can succeed later. */
  static boolean isAway(Throwable failure) {
    if (failure instanceof HemlockException known) {
      return known.retryable();
    }
    Status.Code code = Status.fromThrowable(failure).getCode();
    return code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
  }

  /** What another service's failure means here. */
  static RuntimeException toException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HemlockException known) {
        return known;
      }
      if (cause instanceof StatusRuntimeException status) {
        return GrpcErrors.toException(status);
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }
}
