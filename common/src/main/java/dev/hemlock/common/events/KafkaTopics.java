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
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics and the share groups' settings, and tells whether the broker answers. */
public final class KafkaTopics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaTopics.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private final KafkaSettings settings;
  private final Admin admin;
  private Map<String, Uuid> queues = Map.of();

  public KafkaTopics(KafkaSettings settings) {
    this.settings = settings;
    this.admin =
        Admin.create(
            settings.client(
                Map.of(
                    "request.timeout.ms", Long.toString(PATIENCE.toMillis() / 2),
                    "default.api.timeout.ms", Long.toString(PATIENCE.toMillis()))));
  }

  /** What {@link #ensure} found. */
  public enum State {
    /** Not everything is there; try again. */
    AWAY,
    /** Everything is there, as it was the last time. */
    UNCHANGED,
    /** Everything is there, but not the work queues of the last time: what they held is gone. */
    NEW_QUEUES
  }

  /**
   * Creates what is missing. Called from time to time it notices a broker that has lost its topics.
   * For one thread.
   *
   * @return {@link State#AWAY} with the reason in the log, not as an exception
   */
  public State ensure(Collection<String> stages) throws InterruptedException {
    try {
      if (settings.createTopics()) {
        createTopics(stages);
      }
      Map<String, Uuid> found = queues(stages);
      if (found.equals(queues)) {
        return State.UNCHANGED;
      }
      prepareGroups(stages);
      queues = found;
      return State.NEW_QUEUES;
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      log.atWarn()
          .addKeyValue("broker", settings.bootstrapServers())
          .addKeyValue("error", e.toString())
          .log("topics not ready");
      return State.AWAY;
    }
  }

  /** A topic that was deleted and made again has another id. */
  private Map<String, Uuid> queues(Collection<String> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, Uuid> ids = new HashMap<>();
    List<String> names = stages.stream().map(Topics::work).toList();
    await(admin.describeTopics(names).allTopicNames())
        .forEach((name, topic) -> ids.put(name, topic.topicId()));
    return ids;
  }

  private void createTopics(Collection<String> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    CreateTopicsResult created = admin.createTopics(missing(stages));
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

  /** Topics that are there are not asked for: brokers refuse even these to who may not create. */
  private List<NewTopic> missing(Collection<String> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<String> names =
        new ArrayList<>(List.of(Topics.EVENTS, Topics.RESULTS, Topics.DEAD_LETTERS));
    stages.stream().map(Topics::work).forEach(names::add);
    List<NewTopic> missing = new ArrayList<>();
    for (var topic : admin.describeTopics(names).topicNameValues().entrySet()) {
      try {
        await(topic.getValue());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        missing.add(topic(topic.getKey()));
      }
    }
    return missing;
  }

  private NewTopic topic(String name) {
    return new NewTopic(name, settings.partitions(), settings.replicationFactor());
  }

  private void prepareGroups(Collection<String> stages)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (String stage : stages) {
      changes.put(
          new ConfigResource(ConfigResource.Type.GROUP, Topics.workers(stage)),
          List.of(
              set("share.auto.offset.reset", "earliest"),
              set("share.record.lock.duration.ms", Long.toString(WorkQueue.LOCK.toMillis()))));
    }
    await(admin.incrementalAlterConfigs(changes).all());
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
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
    admin.close(GOODBYE);
  }
}
