package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.tracing.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RunTraceTest {
  private static final String KIND = "trainingRuns";
  private static final String STAGE = "train";
  private static final byte[] SPEC = "{\"seed\":1}".getBytes(UTF_8);
  private static final String ASKER = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String LATER_ASKER = "0af7651916cd43dd8448eb211c80319c";

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build();
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final LocalWork local = new LocalWork(store, new RecordingPublisher());
  private final Ledger ledger = new Ledger(store, "default", KIND, STAGE);
  private final List<String> rings = new ArrayList<>();
  private final Runs runs =
      new Runs(
          ledger, new RunEvents(new RecordingPublisher()), (stage, name) -> ring(), local.feed());
  private final String name = ledger.name(SPEC);

  @BeforeEach
  void collect() {
    Tracing.use(provider);
  }

  @AfterEach
  void stop() {
    Tracing.use(TracerProvider.noop());
    local.close();
    provider.close();
  }

  private void ring() {
    rings.add(Span.current().getSpanContext().getTraceId());
  }

  private static Context asked(String trace) {
    return Tracing.trace(Map.of("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
  }

  private void ask(String trace) {
    try (Scope here = asked(trace).makeCurrent()) {
      runs.create(SPEC, "");
    }
  }

  private List<String> outcomes() {
    return spans.getFinishedSpanItems().stream()
        .map(span -> span.getAttributes().get(AttributeKey.stringKey("hemlock.outcome")))
        .toList();
  }

  @Test
  void keepsEveryAttemptInTheTraceOfWhoeverAsked() throws Exception {
    // Given
    AtomicInteger attempts = new AtomicInteger();
    FakeStage stage =
        new FakeStage(
            KIND,
            STAGE,
            work -> {
              if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("the first attempt fails");
              }
              return SPEC;
            });
    ask(ASKER);

    // When: a worker that was told no trace
    local.worker(stage).handle(name);

    // Then
    assertThat(spans.getFinishedSpanItems())
        .extracting(SpanData::getTraceId)
        .containsExactly(ASKER, ASKER);
    assertThat(spans.getFinishedSpanItems())
        .extracting(SpanData::getParentSpanId)
        .containsOnly("00f067aa0ba902b7");
    assertThat(outcomes()).containsExactly("error", "succeeded");
    assertThat(spans.getFinishedSpanItems().get(0).getStatus().getStatusCode())
        .isEqualTo(StatusCode.ERROR);
    assertThat(spans.getFinishedSpanItems().get(1).getAttributes().asMap())
        .containsEntry(AttributeKey.stringKey("hemlock.run"), name)
        .containsEntry(AttributeKey.stringKey("hemlock.stage"), STAGE)
        .containsEntry(AttributeKey.stringKey("hemlock.tenant"), "default")
        .containsEntry(AttributeKey.longKey("hemlock.try"), 1L)
        .containsEntry(AttributeKey.longKey("hemlock.attempt"), 2L);
  }

  @Test
  void ringsAgainInTheTraceOfWhoeverAskedFirst() {
    ask(ASKER);
    ask(LATER_ASKER);
    Sweeper sweeper =
        new Sweeper(ledger, (stage, run) -> ring(), new RunEvents(new RecordingPublisher()));

    sweeper.ringForAll();
    sweeper.sweep();
    sweeper.sweep();

    assertThat(rings).containsExactly(ASKER, ASKER, ASKER);
  }

  @Test
  void countsTheNextTryToTheTraceOfWhoeverAskedForIt() throws Exception {
    // Given
    ask(ASKER);
    local
        .worker(
            new FakeStage(
                KIND,
                STAGE,
                work -> {
                  throw HemlockException.invalidArgument("Not like this.");
                }))
        .handle(name);
    ask(LATER_ASKER);

    // When
    local.worker(new FakeStage(KIND, STAGE, Work::spec)).handle(name);

    // Then
    assertThat(spans.getFinishedSpanItems())
        .extracting(SpanData::getTraceId)
        .containsExactly(ASKER, LATER_ASKER);
    assertThat(outcomes()).containsExactly("failed", "succeeded");
  }

  @Test
  void givesARunTheSameNameWithAndWithoutATrace() {
    ask(ASKER);

    assertThat(runs.create(SPEC, "").name()).isEqualTo(name);
    assertThat(ledger.spec(name)).isEqualTo(SPEC);
  }

  @Test
  void keepsNothingWithoutATrace() throws Exception {
    Tracing.use(TracerProvider.noop());
    runs.create(SPEC, "");

    local.worker(new FakeStage(KIND, STAGE, Work::spec)).handle(name);

    assertThat(store.list("default/runs/" + name + "/tries/"))
        .extracting(object -> object.key().replaceFirst(".*/", ""))
        .containsExactly("terminal");
    assertThat(spans.getFinishedSpanItems()).isEmpty();
  }
}
