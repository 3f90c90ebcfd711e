package dev.hemlock.common.tracing;

import dev.hemlock.common.storage.Tenant;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Notes with each log line what the thread that writes it works on: {@code tenant}, {@code stage},
 * {@code run}, {@code traceId} and {@code spanId}, as its mapped diagnostic context. Taken from the
 * thread at that moment, since a context that threads inherit from those that start them would name
 * work that is long over.
 */
@LoggingFilter(name = "hemlock")
public final class LogContext implements Filter {
  @Override
  public boolean isLoggable(LogRecord entry) {
    if (entry instanceof ExtLogRecord line) {
      Tenant.known().ifPresent(tenant -> line.putMdc("tenant", tenant));
      Tracing.stage().ifPresent(stage -> line.putMdc("stage", stage));
      Tracing.run().ifPresent(run -> line.putMdc("run", run));
      SpanContext span = Span.current().getSpanContext();
      if (span.isValid()) {
        line.putMdc("traceId", span.getTraceId());
        line.putMdc("spanId", span.getSpanId());
      }
    }
    return true;
  }
}
