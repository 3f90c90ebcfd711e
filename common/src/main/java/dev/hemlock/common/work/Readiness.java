package dev.hemlock.common.work;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.KafkaTopics;
import dev.hemlock.common.storage.ObjectStore;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready when the store and the broker answer. */
@org.eclipse.microprofile.health.Readiness
@Singleton
public class Readiness implements HealthCheck {
  private final ObjectStore store;
  private final KafkaTopics topics;

  public Readiness(ObjectStore store, KafkaTopics topics) {
    this.store = store;
    this.topics = topics;
  }

  @Override
  public HealthCheckResponse call() {
    boolean storeAnswers = storeAnswers();
    boolean brokerAnswers = topics.reachable();
    return HealthCheckResponse.named("store and broker")
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
