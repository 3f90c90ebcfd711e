package dev.hemlock.common.events;

import com.google.protobuf.MessageOrBuilder;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.tracing.Tracing;
import dev.hemlock.proto.events.v1.WorkRequested;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CloudEvents in Kafka's binary mode; the key is the subject, the payload protobuf JSON. */
public final class KafkaEventPublisher implements EventPublisher, Doorbell, AutoCloseable {
  private static final String WORK_TYPE = "dev.hemlock.work.requested.v1";
  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final int MOST_WAITING = 10_000;
  private static final Logger log = LoggerFactory.getLogger(KafkaEventPublisher.class);

  private final KafkaProducer<String, byte[]> producer;
  private final String source;
  private final Duration patience;
  private final ThreadPoolExecutor sender =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          task -> {
            Thread thread = new Thread(task, "hemlock-publisher");
            thread.setDaemon(true);
            return thread;
          });

  public KafkaEventPublisher(KafkaSettings settings) {
    this.source = settings.source();
    this.patience = settings.patience();
    Stream.concat(
            Stream.of(Topics.EVENTS, Topics.RESULTS, Topics.DEAD_LETTERS),
            Topics.STAGES.stream().map(Topics::work))
        .forEach(KafkaEventPublisher::failed);
    int patienceMillis = Math.toIntExact(patience.toMillis());
    this.producer =
        new KafkaProducer<>(
            settings.client(
                Map.of(
                    "acks", "all",
                    "linger.ms", "0",
                    // A broker that lost its data gives ids of producers out again, and takes what
                    // one says for a repetition of the other. Records have ids of their own.
                    "enable.idempotence", "false",
                    "max.in.flight.requests.per.connection", "1",
                    "max.block.ms", Integer.toString(patienceMillis),
                    "request.timeout.ms", Integer.toString(Math.max(1, patienceMillis / 2)),
                    "delivery.timeout.ms", Integer.toString(patienceMillis),
                    "buffer.memory", "4194304")),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  @Override
  public void publish(
      String topic,
      String id,
      String type,
      String subject,
      MessageOrBuilder data,
      Map<String, String> attributes) {
    Span span = span(topic);
    ProducerRecord<String, byte[]> fact =
        traced(span, fact(Tenant.current(), topic, id, type, subject, data, attributes));
    try {
      // After what was announced before.
      sender
          .submit(() -> producer.send(fact))
          .get(2 * patience.toMillis(), TimeUnit.MILLISECONDS)
          .get(2 * patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      span.setStatus(StatusCode.ERROR);
      failed(topic).increment();
      throw away(topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(topic).increment();
      throw away(topic, e);
    } finally {
      span.end();
    }
  }

  @Override
  public void announce(
      String topic, String id, String type, String subject, MessageOrBuilder data) {
    String tenant = Tenant.current();
    announce(topic, subject, () -> fact(tenant, topic, id, type, subject, data, Map.of()));
  }

  @Override
  public void ring(String stage, String name) {
    WorkRequested work = WorkRequested.newBuilder().setName(name).build();
    String id = UUID.randomUUID().toString();
    String tenant = Tenant.current();
    String topic = Topics.work(stage);
    announce(topic, name, () -> fact(tenant, topic, id, WORK_TYPE, name, work, Map.of()));
  }

  /** Sends on a thread of its own, since a producer that knows no broker yet makes senders wait. */
  private void announce(
      String topic, String name, Supplier<ProducerRecord<String, byte[]>> record) {
    Span span = span(topic);
    try {
      sender.execute(
          Context.current()
              .wrap(
                  () -> {
                    try {
                      var unused =
                          producer.send(
                              traced(span, record.get()),
                              (metadata, failure) -> {
                                if (failure != null) {
                                  unheard(topic, span, name, failure);
                                }
                                span.end();
                              });
                    } catch (KafkaException | IllegalStateException e) {
                      unheard(topic, span, name, e);
                      span.end();
                    }
                  }));
    } catch (RejectedExecutionException e) {
      unheard(topic, span, name, e);
      span.end();
    }
  }

  /** The span of a record that belongs to the present trace, if there is one. */
  private static Span span(String topic) {
    return Tracing.traced(Context.current())
        ? Tracing.span("send " + topic, SpanKind.PRODUCER)
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.name", "send")
            .setAttribute("messaging.destination.name", topic)
            .startSpan()
        : Span.getInvalid();
  }

  private static ProducerRecord<String, byte[]> traced(
      Span span, ProducerRecord<String, byte[]> record) {
    Tracing.headers(Context.root().with(span))
        .forEach(
            (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  private static void unheard(String topic, Span span, String name, Exception failure) {
    failed(topic).increment();
    span.setStatus(StatusCode.ERROR);
    log.atWarn()
        .addKeyValue("run", name)
        .addKeyValue("error", failure.toString())
        .log("not announced; the sweeper repeats what matters");
  }

  private static Counter failed(String topic) {
    return Counter.builder("hemlock.records.failed")
        .description("Records that the broker has not taken")
        .tag("topic", topic)
        .register(Metrics.globalRegistry);
  }

  private ProducerRecord<String, byte[]> fact(
      String tenant,
      String topic,
      String id,
      String type,
      String subject,
      MessageOrBuilder data,
      Map<String, String> attributes) {
    CloudEventBuilder event =
        CloudEventBuilder.v1()
            .withId(id)
            .withType(type)
            .withSource(URI.create(source + "/" + tenant))
            .withExtension(Topics.TENANT, tenant)
            .withSubject(subject)
            .withTime(OffsetDateTime.now(ZoneOffset.UTC))
            .withData("application/json", ProtoJson.bytes(data));
    attributes.forEach(event::withExtension);
    CloudEvent built = event.build();
    return KafkaMessageFactory.createWriter(topic, subject).writeBinary(built);
  }

  private static HemlockException away(String topic, Exception cause) {
    return HemlockException.unavailable(
            "The broker did not take a record for "
                + topic
                + ". Check that it runs and that hemlock.kafka.bootstrap-servers names it.")
        .with("topic", topic)
        .because(cause);
  }

  @Override
  public void close() {
    sender.shutdown();
    try {
      sender.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.shutdownNow();
    producer.close(GOODBYE);
  }
}
