package dev.hemlock.faults;

import static dev.hemlock.common.events.Topics.DEAD_LETTERS;
import static dev.hemlock.common.events.Topics.EVENTS;
import static dev.hemlock.common.events.Topics.RESULTS;
import static dev.hemlock.common.events.Topics.STAGES;

import dev.hemlock.common.ledger.RunEvents;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics as a subscriber sees them, from one moment on. */
final class Topics implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Set<String> ENDS = Set.of("SUCCEEDED", "FAILED", "CANCELLED");

  private final String brokers;
  private final Admin admin;
  private final List<TopicPartition> partitions;
  private final Map<TopicPartition, Long> from;
  private KafkaConsumer<byte[], byte[]> consumer;
  private Map<String, Uuid> ids;

  /** From the ends that some topics have now. */
  Topics(Cluster cluster, Collection<String> topics) throws Exception {
    brokers = cluster.brokerAddress();
    admin = Admin.create(Map.of("bootstrap.servers", brokers));
    consumer = consumer(brokers);
    partitions = topics.stream().map(topic -> new TopicPartition(topic, 0)).toList();
    ids = ids();
    from = new HashMap<>(consumer.endOffsets(partitions));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String brokers) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", brokers,
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "allow.auto.create.topics", "false"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Every topic of Hemlock. */
  static List<String> all() {
    List<String> all = new ArrayList<>(work());
    all.addAll(facts());
    return all;
  }

  static List<String> work() {
    return STAGES.stream().map(dev.hemlock.common.events.Topics::work).toList();
  }

  static List<String> facts() {
    return List.of(EVENTS, RESULTS, DEAD_LETTERS);
  }

  static KafkaProducer<byte[], byte[]> producer(Cluster cluster) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", cluster.brokerAddress()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Passes on what has arrived since the last look; a topic that was made anew begins anew. */
  void look(Consumer<ConsumerRecord<byte[], byte[]>> reader) throws Exception {
    Map<String, Uuid> now = ids();
    if (!now.equals(ids)) {
      // The old consumer may still believe in the old topics.
      consumer.close();
      consumer = consumer(brokers);
    }
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    from.replaceAll(
        (partition, offset) ->
            next(
                ids.get(partition.topic()),
                now.get(partition.topic()),
                offset,
                ends.get(partition)));
    ids = now;
    consumer.assign(partitions);
    from.forEach(consumer::seek);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      consumer.poll(POLL).forEach(reader);
    }
    partitions.forEach(partition -> from.put(partition, consumer.position(partition)));
  }

  /** Where to read on in a topic that had one id and has another, up to an end. */
  static long next(Uuid before, Uuid now, long offset, long end) {
    return now.equals(before) && offset <= end ? offset : 0;
  }

  /**
   * What was told since the last look.
   *
   * @param ends the ends of tries, as {@code {name}/{try}/{state}}
   * @param dead the tries that became dead letters, as {@code {name}/{try}/dead}
   * @param contradictions tries with two different ends, and results told with different content
   */
  record Told(Set<String> ends, Set<String> dead, List<String> contradictions) {}

  Told told() throws Exception {
    Set<String> ends = new TreeSet<>();
    Set<String> dead = new TreeSet<>();
    Map<String, Set<String>> contents = new HashMap<>();
    look(
        fact -> {
          String id = header(fact, "ce_id");
          int slash = id.lastIndexOf('/');
          if (fact.topic().equals(DEAD_LETTERS)) {
            if (header(fact, "ce_type").equals(RunEvents.DEAD_TYPE)) {
              dead.add(id);
            }
          } else if (fact.topic().equals(RESULTS) && !id.isEmpty()) {
            contents
                .computeIfAbsent(id, key -> new TreeSet<>())
                .add(Base64.getEncoder().encodeToString(fact.value()));
          } else if (slash > 0 && ENDS.contains(id.substring(slash + 1))) {
            ends.add(id);
            contents
                .computeIfAbsent(id.substring(0, slash), key -> new TreeSet<>())
                .add(id.substring(slash + 1));
          }
        });
    List<String> contradictions =
        contents.entrySet().stream()
            .filter(one -> one.getValue().size() > 1)
            .map(one -> "doubled: " + one.getKey() + " was told as " + one.getValue())
            .toList();
    return new Told(ends, dead, contradictions);
  }

  private Map<String, Uuid> ids() throws Exception {
    List<String> names = partitions.stream().map(TopicPartition::topic).toList();
    Map<String, Uuid> found = new HashMap<>();
    // Services make topics anew that a broker has lost.
    Await.until(
        Cluster.PATIENCE,
        "the topics are there",
        () -> {
          admin
              .describeTopics(names)
              .allTopicNames()
              .get()
              .forEach((name, topic) -> found.put(name, topic.topicId()));
          return true;
        });
    return found;
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
    admin.close();
  }
}
