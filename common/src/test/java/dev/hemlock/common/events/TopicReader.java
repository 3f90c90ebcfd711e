package dev.hemlock.common.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic from its beginning, for tests. */
public final class TopicReader {
  private TopicReader() {}

  /** A record as text. */
  public record Fact(String key, Map<String, String> headers, String value) {}

  /** The first record that matches; waits for it up to 30 s. */
  public static Fact read(KafkaSettings settings, String topic, Predicate<Fact> wanted) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            settings.client(Map.of("enable.auto.commit", "false")),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      for (int second = 0; second < 30; second++) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
          Fact fact = fact(record);
          if (wanted.test(fact)) {
            return fact;
          }
        }
      }
      throw new AssertionError("Nothing of the kind on " + topic);
    }
  }

  private static Fact fact(ConsumerRecord<String, String> record) {
    Map<String, String> headers = new HashMap<>();
    record
        .headers()
        .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
    return new Fact(record.key(), headers, record.value());
  }
}
