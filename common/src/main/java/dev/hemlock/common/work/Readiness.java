package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.storage.ObjectStore;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready when the store and the broker answer and the process doesn't shut down. */
@org.eclipse.microprofile.health.Readiness
@Singleton
public class Readiness implements HealthCheck {
  private static final String NAME = "store and broker";

  private final ObjectStore store;
  private final KafkaTopics topics;
  private final WorkRuntime work;

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
    return HealthCheckResponse.named(NAME)
        .status(storeAnswers && brokerAnswers)
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
