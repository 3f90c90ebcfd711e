package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.storage.ObjectStore;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Ready from the first time that store and broker have answered until the process shuts down. When
 * one of them is away later, so it is for all processes: the service goes on and says what it lacks.
 */
@org.eclipse.microprofile.health.Readiness
@Singleton
public class Readiness implements HealthCheck {
  private static final String NAME = "store and broker";

  private final ObjectStore store;
  private final KafkaTopics topics;
  private final WorkRuntime work;
  private volatile boolean begun;

  public Readiness(ObjectStore store, KafkaTopics topics, WorkRuntime work) {
    this.store = store;
    this.topics = topics;
    this.work = work;
  }

  @Override
  public HealthCheckResponse call() {
    if (work.shuttingDown()) {
      return HealthCheckResponse.named(NAME).down().withData("shutting down", true).build();
    }
    boolean storeAnswers = storeAnswers();
    boolean brokerAnswers = topics.reachable();
    begun |= storeAnswers && brokerAnswers;
    return HealthCheckResponse.named(NAME)
        .status(begun)
        .withData("store", storeAnswers)
        .withData("broker", brokerAnswers)
        .build();
  }

  private boolean storeAnswers() {
    try {
      store.exists("ready");
      return true;
    } catch (HemlockException e) {
      return false;
    }
  }
}
