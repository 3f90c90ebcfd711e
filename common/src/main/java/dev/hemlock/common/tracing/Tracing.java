package dev.hemlock.common.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Spans, and the trace they belong to as it travels with calls, records and runs: as the headers of
 * the W3C's Trace Context. Without a collector ({@link TraceExport}) no span is kept, and a caller's
 * trace is still passed on.
 */
public final class Tracing {
  private static final String SCOPE = "dev.hemlock";
  private static final TextMapPropagator HEADERS = W3CTraceContextPropagator.getInstance();
  private static final ContextKey<String> RUN = ContextKey.named("hemlock-run");
  private static final ContextKey<String> STAGE = ContextKey.named("hemlock-stage");

  private static volatile TracerProvider provider = TracerProvider.noop();

  private Tracing() {}

  /** From now on spans go to this provider. */
  public static void use(TracerProvider chosen) {
    provider = chosen;
  }

  /** Whether spans are kept. */
  public static boolean on() {
    return provider != TracerProvider.noop();
  }

  /** A span to start; a child of the present one, unless its parent is set. */
  public static SpanBuilder span(String name, SpanKind kind) {
    return provider.get(SCOPE).spanBuilder(name).setSpanKind(kind);
  }

  /** Whether what is done in a context belongs to a trace. */
  public static boolean traced(Context context) {
    return Span.fromContext(context).getSpanContext().isValid();
  }

  /** The headers that hand a context's trace on: {@code traceparent}, perhaps {@code tracestate}. */
  public static Map<String, String> headers(Context context) {
    Map<String, String> headers = new TreeMap<>();
    HEADERS.inject(context, headers, Map::put);
    return headers;
  }

  /** The trace that headers hand on, by name; none if they are missing or malformed. */
  public static Context trace(Map<String, String> headers) {
    return trace(name -> Optional.ofNullable(headers.get(name)));
  }

  /** The same of headers that lie elsewhere. */
  public static Context trace(Function<String, Optional<String>> headers) {
    return HEADERS.extract(Context.root(), headers, ByName.INSTANCE);
  }

  /** Notes what a context works on. */
  public static Context with(Context context, String stage, String run) {
    return context.with(STAGE, stage).with(RUN, run);
  }

  /** The stage of the run that the present thread works on. */
  static Optional<String> stage() {
    return Optional.ofNullable(Context.current().get(STAGE));
  }

  /** The run that the present thread works on. */
  static Optional<String> run() {
    return Optional.ofNullable(Context.current().get(RUN));
  }

  private enum ByName implements TextMapGetter<Function<String, Optional<String>>> {
    INSTANCE;

    @Override
    public Iterable<String> keys(Function<String, Optional<String>> headers) {
      return HEADERS.fields();
    }

    @Override
    public String get(Function<String, Optional<String>> headers, String name) {
      return headers == null ? null : headers.apply(name).orElse(null);
    }
  }
}
