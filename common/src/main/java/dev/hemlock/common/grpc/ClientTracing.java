package dev.hemlock.common.grpc;

import dev.hemlock.common.tracing.Tracing;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/** A span for each call to another service that belongs to a trace, which the call hands on. */
@Singleton
@GlobalInterceptor
public class ClientTracing implements ClientInterceptor {
  @Override
  public <Q, P> ClientCall<Q, P> interceptCall(
      MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
    Context here = options.getOption(RemoteCalls.TRACE);
    Context caller = here == null ? Context.current() : here;
    ClientCall<Q, P> call = next.newCall(method, options);
    return Tracing.traced(caller) ? new Traced<>(call, method, caller) : call;
  }

  private static final class Traced<Q, P> extends SimpleForwardingClientCall<Q, P> {
    private final MethodDescriptor<Q, P> method;
    private final Context caller;

    Traced(ClientCall<Q, P> call, MethodDescriptor<Q, P> method, Context caller) {
      super(call);
      this.method = method;
      this.caller = caller;
    }

    @Override
    public void start(Listener<P> answers, Metadata headers) {
      Span span = CallSpans.start(method, SpanKind.CLIENT, caller);
      CallSpans.hand(caller.with(span), headers);
      super.start(
          new SimpleForwardingClientCallListener<>(answers) {
            @Override
            public void onClose(Status status, Metadata trailers) {
              CallSpans.end(span, status);
              super.onClose(status, trailers);
            }
          },
          headers);
    }
  }
}
