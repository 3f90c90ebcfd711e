package dev.hemlock.common.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets {@link GrpcCalls} feel how fast the client is, and ends calls whose connection was lost or
 * whose client stands still.
 * Quarkus itself takes request messages and response messages without bound, whatever the other
 * side's pace, and writes answers to streams that are gone.
 */
@Singleton
@GlobalInterceptor
public class FlowInterceptor implements ServerInterceptor {
  private final Duration idle;

  public FlowInterceptor(LimitsConfig limits) {
    this.idle = limits.streamIdle();
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    CallFlow flow = new CallFlow(call, idle);
    AtomicBoolean over = new AtomicBoolean();
    ServerCall<Q, P> paced =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void request(int count) {
            flow.request(count);
          }

          @Override
          public void sendHeaders(Metadata responseHeaders) {
            flow.send(() -> super.sendHeaders(responseHeaders));
          }

          @Override
          public void sendMessage(P message) {
            flow.send(() -> super.sendMessage(message));
          }

          @Override
          public void close(Status status, Metadata trailers) {
            flow.complete();
            flow.send(
                () -> {
                  if (over.compareAndSet(false, true)) {
                    super.close(status, trailers);
                  }
                });
          }
        };
    Context context = Context.current().withValue(CallFlow.KEY, flow);
    ServerCall.Listener<Q> begun = Contexts.interceptCall(context, paced, headers, next);
    ServerCall.Listener<Q> listener =
        new SimpleForwardingServerCallListener<>(begun) {
          @Override
          public void onMessage(Q message) {
            flow.received();
            super.onMessage(message);
          }

          @Override
          public void onHalfClose() {
            flow.complete();
            super.onHalfClose();
          }

          @Override
          public void onReady() {
            flow.changed();
            super.onReady();
          }

          @Override
          public void onCancel() {
            over.set(true);
            super.onCancel();
            flow.leave();
          }
        };
    ConnectionWatch.current()
        .ifPresent(
            request ->
                request.addEndHandler(
                    ended -> {
                      if (over.compareAndSet(false, true)) {
                        listener.onCancel();
                      }
                    }));
    flow.watch(
        refusal -> {
          ErrorMapper.close(paced, GrpcErrors.toStatusException(refusal));
          begun.onCancel();
        });
    return listener;
  }
}
