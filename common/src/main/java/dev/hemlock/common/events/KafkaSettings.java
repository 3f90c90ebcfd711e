package dev.hemlock.common.events;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How to reach the broker.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param replicationFactor of topics that are created
 * @param partitions of topics that are created
 * @param createTopics whether missing topics are created
 * @param source the CloudEvents source, for example {@code /hemlock/trainer-service}
 * @param patience how long publishing waits for the broker
 * @param security client settings that encrypt and authenticate; none for a plain broker
 */
public record KafkaSettings(
    String bootstrapServers,
    short replicationFactor,
    int partitions,
    boolean createTopics,
    String source,
    Duration patience,
    Map<String, String> security) {

  public KafkaSettings {
    security = Map.copyOf(security);
  }

  /** One broker, one replica. */
  public static KafkaSettings of(String bootstrapServers, String source) {
    return new KafkaSettings(
        bootstrapServers, (short) 1, 1, true, source, Duration.ofSeconds(10), Map.of());
  }

  Map<String, Object> client(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(security);
    all.putAll(more);
    all.put("bootstrap.servers", bootstrapServers);
    // Metrics of every client would be registered with JMX otherwise.
    all.put("metric.reporters", "");
    all.put("enable.metrics.push", "false");
    all.put("reconnect.backoff.max.ms", "2000");
    return all;
  }
}
