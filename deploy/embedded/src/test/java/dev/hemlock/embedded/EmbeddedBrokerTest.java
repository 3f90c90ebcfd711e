package dev.hemlock.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 90, unit = TimeUnit.SECONDS)
class EmbeddedBrokerTest {
  private static final String TOPIC = "hemlock.requests.v1";
  private static final String GROUP = "workers";

  @TempDir Path directory;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
    createTopic();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void renewsLockThenAcceptsEachRecordOnce() throws Exception {
    produce("one");
    produce("two");

    try (KafkaShareConsumer<String, String> worker = worker()) {
      worker.subscribe(Set.of(TOPIC));
      assertThat(workThrough(worker)).isEqualTo("one");
      assertThat(workThrough(worker)).isEqualTo("two");
    }
  }

  @Test
  void keepsTopicsAndRecordsOverRestart() throws Exception {
    produce("kept");

    broker.close();
    broker = EmbeddedBroker.start(directory, 0);

    try (KafkaShareConsumer<String, String> worker = worker()) {
      worker.subscribe(Set.of(TOPIC));
      assertThat(workThrough(worker)).isEqualTo("kept");
    }
  }

  /** Takes one record, renews its lock, waits until it comes back and accepts it. */
  private static String workThrough(KafkaShareConsumer<String, String> worker) {
    ConsumerRecord<String, String> taken = next(worker);
    worker.acknowledge(taken, AcknowledgeType.RENEW);
    ConsumerRecord<String, String> renewed = next(worker);
    assertThat(renewed.offset()).isEqualTo(taken.offset());
    worker.acknowledge(renewed, AcknowledgeType.ACCEPT);
    worker.commitSync();
    return renewed.value();
  }

  private static ConsumerRecord<String, String> next(KafkaShareConsumer<String, String> worker) {
    while (true) {
      ConsumerRecords<String, String> records = worker.poll(Duration.ofSeconds(1));
      if (!records.isEmpty()) {
        assertThat(records.count()).isEqualTo(1);
        return records.iterator().next();
      }
    }
  }

  private void createTopic() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, GROUP),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("share.auto.offset.reset", "earliest"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  private void produce(String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "key", value)).get();
    }
  }

  private KafkaShareConsumer<String, String> worker() {
    return new KafkaShareConsumer<>(
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "group.id", GROUP,
            "max.poll.records", "1",
            "share.acquire.mode", "record_limit",
            "share.acknowledgement.mode", "explicit"),
        new StringDeserializer(),
        new StringDeserializer());
  }
}
