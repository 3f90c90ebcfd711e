package dev.hemlock.common.events;

import dev.hemlock.common.tls.TlsConfig;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The Kafka adapters as beans. */
@Dependent
public class Messaging {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Produces
  @Singleton
  KafkaSettings settings(
      KafkaConfig config,
      TlsConfig tls,
      @ConfigProperty(name = "quarkus.application.name", defaultValue = "hemlock") String service) {
    return new KafkaSettings(
        config.bootstrapServers(),
        config.replicationFactor(),
        config.partitions(),
        config.createTopics(),
        "/hemlock/" + service,
        PATIENCE,
        KafkaSecurity.of(config, tls));
  }

  /** Is the {@link EventPublisher} and the {@link Doorbell}. */
  @Produces
  @Singleton
  @DefaultBean
  KafkaEventPublisher publisher(KafkaSettings settings) {
    return new KafkaEventPublisher(settings);
  }

  void close(@Disposes KafkaEventPublisher publisher) {
    publisher.close();
  }

  /** Is the {@link EventFeed}. */
  @Produces
  @Singleton
  @DefaultBean
  KafkaEventFeed feed(KafkaSettings settings) {
    return new KafkaEventFeed(settings);
  }

  void close(@Disposes KafkaEventFeed feed) {
    feed.close();
  }

  @Produces
  @Singleton
  KafkaTopics topics(KafkaSettings settings) {
    return new KafkaTopics(settings);
  }

  void close(@Disposes KafkaTopics topics) {
    topics.close();
  }
}
