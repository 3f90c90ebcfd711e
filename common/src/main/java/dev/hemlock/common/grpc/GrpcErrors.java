package dev.hemlock.common.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.error.Violation;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where errors become gRPC statuses (AIP-193) and statuses become errors. A status
 * carries an ErrorInfo with the reason and everything variable in the message, a BadRequest if
 * fields hold wrong values, and a RetryInfo if trying again can help.
 */
public final class GrpcErrors {
  /** The domain of every ErrorInfo. */
  public static final String DOMAIN = "hemlock.dev";

  private static final Logger log = LoggerFactory.getLogger(GrpcErrors.class);
  private static final Duration RETRY_DELAY = Duration.newBuilder().setSeconds(1).build();

  private GrpcErrors() {}

  /**
   * The status that a client is given. Anything that isn't an error on purpose is a defect: it is
   * logged with an id, and the client learns only the id.
   */
  public static Status toStatus(Throwable failure) {
    return toStatus(toException(failure));
  }

  /** {@link #toStatus(Throwable)}, ready to be thrown. */
  public static StatusRuntimeException toStatusException(Throwable failure) {
    return StatusProto.toStatusRuntimeException(toStatus(failure));
  }

  /** The error in a failure of any kind, on the server or on a client. */
  public static HemlockException toException(Throwable failure) {
    if (failure instanceof HemlockException known) {
      return known;
    } else if (failure instanceof StatusRuntimeException status) {
      return fromStatus(StatusProto.fromThrowable(status), status);
    } else if (failure instanceof StatusException status) {
      return fromStatus(StatusProto.fromThrowable(status), status);
    } else if (failure instanceof CancellationException) {
      return HemlockException.cancelled("The call was cancelled").because(failure);
    } else if (failure instanceof RejectedExecutionException) {
      return HemlockException.unavailable("The server takes no more work now; try again")
          .because(failure);
    } else if (failure.getCause() != null
        && (failure instanceof CompletionException || failure instanceof ExecutionException)) {
      return toException(failure.getCause());
    } else {
      return defect(failure);
    }
  }

  private static HemlockException defect(Throwable failure) {
    String id = UUID.randomUUID().toString();
    log.atError().addKeyValue("errorId", id).setCause(failure).log("internal error");
    return HemlockException.internal(
            "Internal error; the server's log says more beside the id " + id)
        .with("errorId", id)
        .because(failure);
  }

  private static Status toStatus(HemlockException failure) {
    Status.Builder status =
        Status.newBuilder()
            .setCode(code(failure.reason()).getNumber())
            .setMessage(failure.getMessage())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(failure.reason().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(failure.metadata())
                        .build()));
    if (!failure.violations().isEmpty()) {
      BadRequest.Builder fields = BadRequest.newBuilder();
      for (Violation violation : failure.violations()) {
        fields
            .addFieldViolationsBuilder()
            .setField(violation.field())
            .setDescription(violation.description());
      }
      status.addDetails(Any.pack(fields.build()));
    }
    if (failure.retryable()) {
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(RETRY_DELAY).build()));
    }
    return status.build();
  }

  private static Code code(Reason reason) {
    return switch (reason) {
      case INVALID_ARGUMENT -> Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Code.NOT_FOUND;
      case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> Code.FAILED_PRECONDITION;
      case RESOURCE_EXHAUSTED, THROTTLED -> Code.RESOURCE_EXHAUSTED;
      case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
      case PERMISSION_DENIED -> Code.PERMISSION_DENIED;
      case DATA_LOSS -> Code.DATA_LOSS;
      case UNAVAILABLE -> Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
      case CANCELLED -> Code.CANCELLED;
      case UNIMPLEMENTED -> Code.UNIMPLEMENTED;
      case INTERNAL -> Code.INTERNAL;
    };
  }

  /** The error in a status, for example one that a ledger holds. */
  public static HemlockException fromStatus(Status status) {
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    HemlockException failure =
        new HemlockException(reason(Code.forNumber(status.getCode())), status.getMessage());
    for (Any detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          info = detail.unpack(ErrorInfo.class);
          if (info.getReason().equals(Reason.THROTTLED.name())) {
            failure = HemlockException.throttled(status.getMessage());
          }
        } else if (detail.is(BadRequest.class)) {
          for (BadRequest.FieldViolation field :
              detail.unpack(BadRequest.class).getFieldViolationsList()) {
            failure = failure.violating(field.getField(), field.getDescription());
          }
        }
      } catch (InvalidProtocolBufferException e) {
        log.atDebug().setCause(e).log("a status carries a detail that can't be read");
      }
    }
    for (Map.Entry<String, String> entry : info.getMetadataMap().entrySet()) {
      failure = failure.with(entry.getKey(), entry.getValue());
    }
    return failure;
  }

  /**
   * Services give every error an ErrorInfo, so that an internal one without it is the transport's: a
   * connection that broke off in the middle of a call.
   */
  private static HemlockException fromStatus(Status status, Throwable cause) {
    HemlockException failure = fromStatus(status);
    boolean explained =
        status.getDetailsList().stream().anyMatch(detail -> detail.is(ErrorInfo.class));
    return failure.reason() == Reason.INTERNAL && !explained
        ? HemlockException.unavailable(
                "The connection broke off (" + status.getMessage() + "); try again")
            .because(cause)
        : failure.because(cause);
  }

  private static Reason reason(Code code) {
    return switch (code == null ? Code.UNKNOWN : code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Reason.INVALID_ARGUMENT;
      case NOT_FOUND -> Reason.NOT_FOUND;
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> Reason.FAILED_PRECONDITION;
      case RESOURCE_EXHAUSTED -> Reason.RESOURCE_EXHAUSTED;
      case UNAUTHENTICATED -> Reason.UNAUTHENTICATED;
      case PERMISSION_DENIED -> Reason.PERMISSION_DENIED;
      case DATA_LOSS -> Reason.DATA_LOSS;
      case UNAVAILABLE, ABORTED -> Reason.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Reason.DEADLINE_EXCEEDED;
      case CANCELLED -> Reason.CANCELLED;
      case UNIMPLEMENTED -> Reason.UNIMPLEMENTED;
      default -> Reason.INTERNAL;
    };
  }
}
