package dev.hemlock.faults;

import static dev.hemlock.common.events.Topics.DEAD_LETTERS;
import static dev.hemlock.common.events.Topics.EVENTS;
import static dev.hemlock.common.events.Topics.RESULTS;
import static dev.hemlock.common.events.Topics.STAGES;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics as a subscriber sees them, from one moment on. */
final class Topics implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Set<String> ENDS = Set.of("SUCCEEDED", "FAILED", "CANCELLED");

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Map<TopicPartition, Long> from;

  /** From the ends that some topics have now. */
  Topics(Cluster cluster, Collection<String> topics) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", cluster.brokerAddress(),
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    partitions = topics.stream().map(topic -> new TopicPartition(topic, 0)).toList();
    from = new HashMap<>(consumer.endOffsets(partitions));
  }

  /** Every topic of Hemlock. */
  static List<String> all() {
    List<String> all = new ArrayList<>(work());
    all.addAll(List.of(EVENTS, RESULTS, DEAD_LETTERS));
    return all;
  }

  static List<String> work() {
    return STAGES.stream().map(dev.hemlock.common.events.Topics::work).toList();
  }

  static List<String> facts() {
    return List.of(EVENTS, RESULTS);
  }

  static KafkaProducer<byte[], byte[]> producer(Cluster cluster) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", cluster.brokerAddress()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Passes on what has arrived since the last look; a wiped topic begins anew. */
  void look(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    consumer.assign(partitions);
    from.replaceAll((partition, offset) -> Math.min(offset, ends.get(partition)));
    from.forEach(consumer::seek);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      consumer.poll(POLL).forEach(reader);
    }
    partitions.forEach(partition -> from.put(partition, consumer.position(partition)));
  }

  /** Tries with two different ends, and results told with different content. */
  List<String> contradictions() {
    Map<String, Set<String>> told = new HashMap<>();
    look(
        fact -> {
          String id = header(fact, "ce_id");
          int slash = id.lastIndexOf('/');
          if (fact.topic().equals(RESULTS) && !id.isEmpty()) {
            told.computeIfAbsent(id, key -> new TreeSet<>())
                .add(Base64.getEncoder().encodeToString(fact.value()));
          } else if (slash > 0 && ENDS.contains(id.substring(slash + 1))) {
            told.computeIfAbsent(id.substring(0, slash), key -> new TreeSet<>())
                .add(id.substring(slash + 1));
          }
        });
    return told.entrySet().stream()
        .filter(one -> one.getValue().size() > 1)
        .map(one -> "doubled: " + one.getKey() + " was told as " + one.getValue())
        .toList();
  }

  static String header(ConsumerRecord<byte[], byte[]> fact, String name) {
    Header header = fact.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  static ProducerRecord<byte[], byte[]> record(String topic, byte[] key, byte[] value) {
    return new ProducerRecord<>(topic, key, value);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
