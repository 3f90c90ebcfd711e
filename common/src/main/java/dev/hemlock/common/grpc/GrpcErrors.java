package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import io.grpc.StatusRuntimeException;

/** Errors as gRPC statuses and back. */
public final class GrpcErrors {
  private GrpcErrors() {}

  /** The status that a client is given. */
  public static com.google.rpc.Status toStatus(Throwable failure) {
    throw new UnsupportedOperationException();
  }

  /** The status that a client is given, ready to be thrown. */
  public static StatusRuntimeException toStatusException(Throwable failure) {
    throw new UnsupportedOperationException();
  }

  /** The error that a server has sent. */
  public static HemlockException toException(StatusRuntimeException failure) {
    throw new UnsupportedOperationException();
  }
}
