package dev.hemlock.common.events;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The broker. */
@ConfigMapping(prefix = "hemlock.kafka")
public interface KafkaConfig {
  /** Host and port; several separated by commas. */
  @WithDefault("127.0.0.1:9092")
  String bootstrapServers();

  /** Copies of each record in topics that are created. */
  @WithDefault("1")
  short replicationFactor();

  /** Partitions of topics that are created. */
  @WithDefault("1")
  int partitions();

  /** Whether missing topics are created at the start. */
  @WithDefault("true")
  boolean createTopics();
}
