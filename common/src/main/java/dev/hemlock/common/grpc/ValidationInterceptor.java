package dev.hemlock.common.grpc;

import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/**
 * Checks every request message of every method against the rules in the protos. A message that
 * breaks one, or can't be read, ends the call before the method sees it.
 */
@Singleton
@GlobalInterceptor
public class ValidationInterceptor implements ServerInterceptor {
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    String encoding = headers.get(ENCODING);
    if (encoding != null
        && DecompressorRegistry.getDefaultInstance().lookupDecompressor(encoding) == null) {
      ErrorMapper.close(
          call,
          GrpcErrors.toStatusException(
              new HemlockException(
                  Reason.UNIMPLEMENTED,
                  "This server does not know the compression %s; use gzip or none"
                      .formatted(encoding))));
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (refused) {
          return;
        }
        try {
          if (message instanceof Unreadable unreadable) {
            throw unreadable.refusal();
          }
          if (message instanceof Message proto) {
            RequestRules.check(proto);
          }
        } catch (HemlockException e) {
          refused = true;
          ErrorMapper.close(call, GrpcErrors.toStatusException(e));
          super.onCancel();
          return;
        }
        super.onMessage(message);
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        if (!refused) {
          super.onCancel();
        }
      }

      @Override
      public void onComplete() {
        if (!refused) {
          super.onComplete();
        }
      }
    };
  }
}
