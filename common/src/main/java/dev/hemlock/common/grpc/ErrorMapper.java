package dev.hemlock.common.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.ExceptionHandler;
import io.quarkus.grpc.ExceptionHandlerProvider;
import jakarta.inject.Singleton;

/** Gives every failure of every method its status. */
@Singleton
public class ErrorMapper implements ExceptionHandlerProvider {
  @Override
  public <Q, P> ExceptionHandler<Q, P> createHandler(
      ServerCall.Listener<Q> listener, ServerCall<Q, P> call, Metadata headers) {
    return new ExceptionHandler<>(listener, call, headers) {
      @Override
      protected void handleException(Throwable failure, ServerCall<Q, P> call, Metadata headers) {
        close(call, GrpcErrors.toStatusException(failure));
      }
    };
  }

  @Override
  public Throwable transform(Throwable failure) {
    return GrpcErrors.toStatusException(failure);
  }

  static void close(ServerCall<?, ?> call, StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers() == null ? new Metadata() : failure.getTrailers();
    try {
      call.close(
          Status.fromCode(failure.getStatus().getCode())
              .withDescription(failure.getStatus().getDescription()),
          trailers);
    } catch (IllegalStateException e) {
      if (!"Already closed".equals(e.getMessage())
          && !"call already closed".equals(e.getMessage())) {
        throw e;
      }
    }
  }
}
