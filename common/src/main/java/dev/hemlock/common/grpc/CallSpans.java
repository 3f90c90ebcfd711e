package dev.hemlock.common.grpc;

import dev.hemlock.common.tracing.Tracing;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Spans of calls, named and described by OpenTelemetry's semantic conventions for gRPC. */
final class CallSpans {
  /** What is the server's fault. */
  private static final Set<Status.Code> ERRORS =
      EnumSet.of(
          Status.Code.UNKNOWN,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.UNIMPLEMENTED,
          Status.Code.INTERNAL,
          Status.Code.UNAVAILABLE,
          Status.Code.DATA_LOSS);

  private CallSpans() {}

  static Span start(MethodDescriptor<?, ?> method, SpanKind kind, Context parent) {
    return Tracing.span(method.getFullMethodName(), kind)
        .setParent(parent)
        .setAttribute("rpc.system", "grpc")
        .setAttribute("rpc.service", method.getServiceName())
        .setAttribute("rpc.method", method.getBareMethodName())
        .startSpan();
  }

  /** Ends a span, unless it has ended. */
  static void end(Span span, Status status) {
    span.setAttribute("rpc.grpc.status_code", status.getCode().value());
    if (ERRORS.contains(status.getCode())) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /** The trace that a call belongs to. */
  static Context trace(Metadata headers) {
    return Tracing.trace(name -> Optional.ofNullable(headers.get(key(name))));
  }

  /** Has a call belong to a trace. */
  static void hand(Context context, Metadata headers) {
    Tracing.headers(context).forEach((name, value) -> headers.put(key(name), value));
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
