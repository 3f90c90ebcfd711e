package dev.hemlock.common.events;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tails the fact topics from their ends, without a consumer group. */
public final class KafkaEventFeed implements EventFeed, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaEventFeed.class);
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Map<Subject, List<Consumer<Event>>> bySubject = new ConcurrentHashMap<>();
  private final List<Consumer<Event>> all = new CopyOnWriteArrayList<>();
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private volatile boolean closed;

  public KafkaEventFeed(KafkaSettings settings) {
    this.consumer =
        new KafkaConsumer<>(
            settings.client(
                Map.of(
                    "enable.auto.commit", "false",
                    "auto.offset.reset", "latest",
                    "allow.auto.create.topics", "false",
                    "default.api.timeout.ms", "5000",
                    "request.timeout.ms", "4000")),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    this.thread = new Thread(this::tail, "hemlock-event-feed");
    thread.setDaemon(true);
  }

  /** Starts tailing; once. */
  public void start() {
    thread.start();
  }

  private record Subject(String tenant, String name) {}

  @Override
  public Subscription listen(String tenant, String name, Consumer<Event> listener) {
    Subject subject = new Subject(tenant, name);
    bySubject.compute(
        subject,
        (key, listeners) -> {
          List<Consumer<Event>> list = listeners == null ? new CopyOnWriteArrayList<>() : listeners;
          list.add(listener);
          return list;
        });
    return () ->
        bySubject.computeIfPresent(
            subject,
            (key, listeners) -> {
              listeners.remove(listener);
              return listeners.isEmpty() ? null : listeners;
            });
  }

  @Override
  public Subscription listen(Consumer<Event> listener) {
    all.add(listener);
    return () -> all.remove(listener);
  }

  private void tail() {
    try (consumer) {
      boolean assigned = false;
      while (!closed) {
        try {
          assigned = assigned || assign();
          if (assigned) {
            consumer.poll(POLL).forEach(this::tell);
          } else {
            pause();
          }
        } catch (WakeupException e) {
          // Closing; the loop's condition ends it.
        } catch (KafkaException e) {
          log.atWarn().addKeyValue("error", e.toString()).log("event feed interrupted");
          pause();
        }
      }
    }
  }

  private boolean assign() {
    Set<TopicPartition> partitions = new HashSet<>();
    for (String topic : List.of(Topics.EVENTS, Topics.RESULTS)) {
      var known = consumer.partitionsFor(topic);
      if (known == null || known.isEmpty()) {
        return false;
      }
      known.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return true;
  }

  private void tell(ConsumerRecord<String, byte[]> fact) {
    Event event = event(fact);
    bySubject
        .getOrDefault(new Subject(event.tenant(), event.subject()), List.of())
        .forEach(listener -> tell(listener, event));
    all.forEach(listener -> tell(listener, event));
  }

  /** The fact in a record of whatever kind; what is missing is empty. */
  static Event event(ConsumerRecord<String, byte[]> fact) {
    return new Event(
        header(fact, "ce_" + Topics.TENANT).orElse(""),
        header(fact, "ce_id").orElse(""),
        header(fact, "ce_type").orElse(""),
        fact.key() == null ? "" : fact.key(),
        fact.value() == null ? new byte[0] : fact.value());
  }

  private static void tell(Consumer<Event> listener, Event event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      log.atError().addKeyValue("event", event.id()).setCause(e).log("listener failed");
    }
  }

  /** A header, unless it is absent or, as Kafka allows, null. */
  static Optional<String> header(ConsumerRecord<?, ?> record, String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .map(Header::value)
        .map(value -> new String(value, StandardCharsets.UTF_8));
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    if (!thread.isAlive()) {
      return;
    }
    try {
      thread.join(PAUSE.toMillis() * 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
