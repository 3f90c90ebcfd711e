package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.storage.Tenant;
import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Calls to other services. {@link #await} blocks, so it belongs on a worker thread. */
public final class RemoteCalls {
  /** How long a unary call may take, with its repetitions. */
  public static final Duration DEADLINE = Duration.ofSeconds(30);

  public static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
  public static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);

  /** Whom a call is for. */
  static final CallOptions.Key<String> TENANT = CallOptions.Key.create("hemlock-tenant");

  /** What a call belongs to. */
  static final CallOptions.Key<Context> TRACE = CallOptions.Key.create("hemlock-trace");

  private static final int RETRIES = 4;

  private RemoteCalls() {}

  /**
   * Makes an idempotent unary call, a few times if the other service is away; one that takes longer
   * than {@link #DEADLINE} is cancelled.
   *
   * @param service for people, for example {@code dataset}
   * @throws HemlockException what the other service answered; UNAVAILABLE if it stays away or does
   *     not answer in time
   */
  public static <T> T await(String service, Uni<? extends T> call) {
    return await(service, call, DEADLINE);
  }

  static <T> T await(String service, Uni<? extends T> call, Duration deadline) {
    try {
      return call.onFailure(RemoteCalls::isAway)
          .retry()
          .withBackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
          .atMost(RETRIES)
          .await()
          .atMost(deadline);
    } catch (TimeoutException e) {
      throw HemlockException.unavailable(
              "The %s service did not answer within %s s; try again"
                  .formatted(service, deadline.toSeconds()))
          .with("service", service)
          .because(e);
    } catch (RuntimeException e) {
      RuntimeException failure = toException(e);
      throw failure instanceof HemlockException known && known.reason() == Reason.UNAVAILABLE
          ? HemlockException.unavailable(
                  "The %s service is not available now (%s); try again"
                      .formatted(service, known.getMessage()))
              .with("service", service)
              .because(known)
          : failure;
    }
  }

  /**
   * A stub whose calls are for the present tenant and of the present trace, on whatever thread and
   * however often they are made.
   */
  public static <S extends AbstractStub<S>> S inTenant(S stub) {
    return stub.withOption(TENANT, Tenant.current()).withOption(TRACE, Context.current());
  }

  /** Whether the same call can succeed later. */
  public static boolean isAway(Throwable failure) {
    return toException(failure) instanceof HemlockException known && known.retryable();
  }

  /** What another service's failure means here; a defect of this process stays as it is. */
  public static RuntimeException toException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HemlockException known) {
        return known;
      }
      if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
        return ofService(GrpcErrors.toException(cause));
      }
    }
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  /** That this process isn't known there is no fault of what it does, and passes. */
  private static HemlockException ofService(HemlockException failure) {
    return failure.reason() == Reason.UNAUTHENTICATED
        ? HemlockException.unavailable(
                "It does not know this service (%s); correct hemlock.auth.service"
                    .formatted(failure.getMessage()))
            .because(failure)
        : failure;
  }
}
