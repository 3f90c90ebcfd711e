package dev.hemlock.common.events;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The broker. */
@ConfigMapping(prefix = "hemlock.kafka")
public interface KafkaConfig {
  /** Host and port; several separated by commas. */
  @WithDefault("127.0.0.1:9092")
  String bootstrapServers();

  /** How to talk to the broker. */
  @WithDefault("PLAINTEXT")
  Protocol securityProtocol();

  /** How to show who this is, with a {@code SASL_} protocol. */
  @WithDefault("SCRAM-SHA-512")
  String saslMechanism();

  /** Who this is, with a {@code SASL_} protocol. */
  Optional<String> username();

  /** Its secret. */
  Optional<String> password();

  /** As Kafka names them. */
  enum Protocol {
    /** Neither encrypted nor authenticated. */
    PLAINTEXT,
    /** Encrypted; with a certificate of this process also authenticated. */
    SSL,
    /** Authenticated, not encrypted. */
    SASL_PLAINTEXT,
    /** Encrypted and authenticated. */
    SASL_SSL
  }

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
