package dev.hemlock.common.tracing;

import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to an OpenTelemetry collector, if one is configured: with OpenTelemetry's own keys, of
 * which {@code otel.exporter.otlp.endpoint} switches it on. Spans wait in a bounded queue for a thread
 * of their own; what a collector doesn't take in time is dropped.
 */
@Singleton
public class TraceExport {
  private static final Logger log = LoggerFactory.getLogger(TraceExport.class);
  private static final String PREFIX = "otel.";
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private final Config config;
  private Optional<OpenTelemetrySdk> sdk = Optional.empty();

  public TraceExport(Config config) {
    this.config = config;
  }

  void start(@Observes @Priority(1) StartupEvent start) {
    if (Stream.of("otel.exporter.otlp.endpoint", "otel.exporter.otlp.traces.endpoint")
        .noneMatch(this::given)) {
      return;
    }
    try {
      OpenTelemetrySdk made =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(this::properties)
              .build()
              .getOpenTelemetrySdk();
      sdk = Optional.of(made);
      Tracing.use(made.getTracerProvider());
    } catch (ConfigurationException e) {
      log.atWarn()
          .addKeyValue("error", e.getMessage())
          .log("traces are not exported; correct the keys that begin with otel.");
    }
  }

  private boolean given(String key) {
    return config.getOptionalValue(key, String.class).filter(text -> !text.isBlank()).isPresent();
  }

  /** Hemlock's defaults, and what is set where OpenTelemetry itself doesn't look. */
  private Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    config
        .getOptionalValue("quarkus.application.name", String.class)
        .ifPresent(service -> properties.put("otel.service.name", service));
    Stream.concat(
            StreamSupport.stream(config.getPropertyNames().spliterator(), false),
            Stream.of("otel.exporter.otlp.endpoint", "otel.exporter.otlp.traces.endpoint"))
        .filter(name -> name.startsWith(PREFIX))
        .forEach(
            name ->
                config
                    .getOptionalValue(name, String.class)
                    .ifPresent(value -> properties.put(name, value)));
    return properties;
  }

  void stop(@Observes ShutdownEvent stop) {
    Tracing.use(TracerProvider.noop());
    sdk.ifPresent(made -> made.shutdown().join(GOODBYE.toMillis(), TimeUnit.MILLISECONDS));
  }
}
