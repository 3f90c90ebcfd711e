package dev.hemlock.common.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/**
 * Lets {@link GrpcCalls} feel how fast the client is. Quarkus itself takes request messages and
 * response messages without bound, whatever the other side's pace.
 */
@Singleton
@GlobalInterceptor
public class FlowInterceptor implements ServerInterceptor {
  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    CallFlow flow = new CallFlow(call);
    ServerCall<Q, P> paced =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void request(int count) {
            flow.request(count);
          }
        };
    return new SimpleForwardingServerCallListener<>(
        Contexts.interceptCall(
            Context.current().withValue(CallFlow.KEY, flow), paced, headers, next)) {
      @Override
      public void onMessage(Q message) {
        flow.received();
        super.onMessage(message);
      }

      @Override
      public void onReady() {
        flow.changed();
        super.onReady();
      }

      @Override
      public void onCancel() {
        super.onCancel();
        flow.changed();
      }
    };
  }
}
