package dev.hemlock.common.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.inject.Singleton;

/** A span for each call of ours, in its caller's trace. */
@Singleton
@GlobalInterceptor
public class ServerTracing implements ServerInterceptor, Prioritized {
  /** Outside of everything else, so that refused calls have spans too. */
  private static final int PRIORITY = 2000;

  private static final String OURS = "hemlock.";

  @Override
  public int getPriority() {
    return PRIORITY;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    if (!call.getMethodDescriptor().getFullMethodName().startsWith(OURS)) {
      return next.startCall(call, headers);
    }
    Context caller = CallSpans.trace(headers);
    Span span = CallSpans.start(call.getMethodDescriptor(), SpanKind.SERVER, caller);
    Context context = caller.with(span);
    ServerCall<Q, P> spanned =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            CallSpans.end(span, status);
          }
        };
    try (Scope here = context.makeCurrent()) {
      return new Traced<>(next.startCall(spanned, headers), context, span);
    }
  }

  private static final class Traced<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Context context;
    private final Span span;

    Traced(ServerCall.Listener<Q> listener, Context context, Span span) {
      super(listener);
      this.context = context;
      this.span = span;
    }

    @Override
    public void onMessage(Q message) {
      try (Scope here = context.makeCurrent()) {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      try (Scope here = context.makeCurrent()) {
        super.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      try (Scope here = context.makeCurrent()) {
        super.onReady();
      }
    }

    @Override
    public void onCancel() {
      try (Scope here = context.makeCurrent()) {
        super.onCancel();
      } finally {
        CallSpans.end(span, Status.CANCELLED);
      }
    }

    @Override
    public void onComplete() {
      try (Scope here = context.makeCurrent()) {
        super.onComplete();
      }
    }
  }
}
