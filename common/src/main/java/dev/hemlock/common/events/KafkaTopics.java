package dev.hemlock.common.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics and the share groups' settings, and tells whether the broker answers. */
public final class KafkaTopics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaTopics.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KafkaSettings settings;
  private final Admin admin;

  public KafkaTopics(KafkaSettings settings) {
    this.settings = settings;
    this.admin =
        Admin.create(
            settings.client(
                Map.of(
                    "request.timeout.ms", Long.toString(PATIENCE.toMillis() / 2),
                    "default.api.timeout.ms", Long.toString(PATIENCE.toMillis()))));
  }

  /**
   * Creates what is missing.
   *
   * @return whether everything is there now; false: try again; the log says why
   */
  public boolean ensure(Collection<String> stages) throws InterruptedException {
    try {
      if (settings.createTopics()) {
        createTopics(stages);
      }
      startGroupsAtEarliest(stages);
      return true;
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      log.atWarn()
          .addKeyValue("broker", settings.bootstrapServers())
          .addKeyValue("error", e.toString())
          .log("topics not ready");
      return false;
    }
  }

  private void createTopics(Collection<String> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<NewTopic> topics = new ArrayList<>();
    for (String topic : List.of(Topics.EVENTS, Topics.RESULTS, Topics.DEAD_LETTERS)) {
      topics.add(topic(topic));
    }
    stages.forEach(stage -> topics.add(topic(Topics.work(stage))));
    CreateTopicsResult created = admin.createTopics(topics);
    for (KafkaFuture<Void> topic : created.values().values()) {
      try {
        await(topic);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private NewTopic topic(String name) {
    return new NewTopic(name, settings.partitions(), settings.replicationFactor());
  }

  private void startGroupsAtEarliest(Collection<String> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (String stage : stages) {
      changes.put(
          new ConfigResource(ConfigResource.Type.GROUP, Topics.workers(stage)),
          List.of(
              new AlterConfigOp(
                  new ConfigEntry("share.auto.offset.reset", "earliest"),
                  AlterConfigOp.OpType.SET)));
    }
    await(admin.incrementalAlterConfigs(changes).all());
  }

  /** Whether the broker answers. */
  public boolean reachable() {
    try {
      return !await(admin.describeCluster().nodes()).isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return false;
    }
  }

  private static <T> T await(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    admin.close(PATIENCE);
  }
}
