package dev.hemlock.common.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.tls.TestCertificates;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.common.work.Await;
import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.Loopback;
import dev.hemlock.proto.events.v1.WorkRequested;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hemlock's clients at a real broker with TLS, SCRAM, mutual TLS and the rules of
 * deploy/policies/kafka-acls.csv.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KafkaSecurityIT {
  private static final Path RULES = Path.of("../deploy/policies/kafka-acls.csv");
  private static final List<String> SERVICES = List.of("dataset", "poison", "trainer", "evaluator");
  private static final String LOGIN =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"broker\""
          + " password=\"broker-secret\";";

  @TempDir static Path directory;
  private static TestCertificates certificates;
  private static TestCertificates.Identity trainer;
  private static EmbeddedBroker broker;
  private static String scram;
  private static String mutual;

  @BeforeAll
  static void start() throws Exception {
    certificates = new TestCertificates(directory.resolve("certificates"));
    TestCertificates.Identity server = certificates.issue("broker");
    trainer = certificates.issue("hemlock-trainer");
    int scramPort = Loopback.portOrFree(0);
    int mutualPort = Loopback.portOrFree(0);
    scram = "127.0.0.1:" + scramPort;
    mutual = "127.0.0.1:" + mutualPort;
    Map<String, String> settings = new HashMap<>();
    settings.put("listeners", "SASL_SSL://" + scram + ",SSL://" + mutual);
    settings.put("advertised.listeners", "SASL_SSL://" + scram + ",SSL://" + mutual);
    settings.put(
        "listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "SASL_SSL");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512");
    settings.put("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", LOGIN);
    settings.put("listener.name.ssl.ssl.client.auth", "required");
    settings.put("ssl.principal.mapping.rules", "RULE:^CN=(.*?)$/$1/,DEFAULT");
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.certificate.chain", Files.readString(server.certificate()));
    settings.put("ssl.keystore.key", Files.readString(server.key()));
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.certificates", Files.readString(certificates.authority()));
    settings.put("ssl.enabled.protocols", "TLSv1.3");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:broker;User:ANONYMOUS");
    List<String> users = new ArrayList<>(List.of(scramUser("broker")));
    SERVICES.forEach(service -> users.add(scramUser("hemlock-" + service)));
    broker =
        EmbeddedBroker.start(directory.resolve("kafka"), scramPort, scramPort, settings, users);
    try (Admin admin = Admin.create(as("broker").client(Map.of()))) {
      List<NewTopic> topics = new ArrayList<>();
      Stream.concat(
              Stream.of(Topics.EVENTS, Topics.RESULTS, Topics.DEAD_LETTERS),
              Topics.STAGES.stream().map(Topics::work))
          .forEach(topic -> topics.add(new NewTopic(topic, 1, (short) 1)));
      admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
      admin.createAcls(rules()).all().get(30, TimeUnit.SECONDS);
    }
  }

  private static String scramUser(String name) {
    return "SCRAM-SHA-512=[name=%1$s,password=%1$s-secret]".formatted(name);
  }

  private static List<AclBinding> rules() throws Exception {
    return Files.readAllLines(RULES).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(
            rule ->
                new AclBinding(
                    new ResourcePattern(
                        ResourceType.fromString(rule[2]), rule[4], PatternType.fromString(rule[3])),
                    new AccessControlEntry(
                        "User:" + rule[0],
                        "*",
                        AclOperation.fromString(rule[1]),
                        AclPermissionType.ALLOW)))
        .toList();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static KafkaSettings as(String user) {
    return settings(
        scram,
        Map.of(
            "hemlock.kafka.security-protocol",
            "SASL_SSL",
            "hemlock.kafka.username",
            user,
            "hemlock.kafka.password",
            user + "-secret"));
  }

  private static KafkaSettings settings(String bootstrap, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.put("hemlock.kafka.bootstrap-servers", bootstrap);
    all.put("hemlock.tls.authorities", certificates.authority().toString());
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withDefaultValues(all)
            .withMapping(KafkaConfig.class)
            .withMapping(TlsConfig.class)
            .build();
    KafkaConfig kafka = config.getConfigMapping(KafkaConfig.class);
    return new KafkaSettings(
        bootstrap,
        (short) 1,
        1,
        false,
        "/hemlock/test",
        Duration.ofSeconds(10),
        KafkaSecurity.of(kafka, config.getConfigMapping(TlsConfig.class)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataset", "poison", "trainer", "evaluator"})
  void findsItsTopicsAsEveryService(String service) throws Exception {
    try (KafkaTopics topics = new KafkaTopics(as("hemlock-" + service))) {
      assertThat(topics.reachable()).isTrue();
      assertThat(topics.ensure(Topics.STAGES)).isEqualTo(KafkaTopics.State.NEW_QUEUES);
    }
  }

  @Test
  void findsTopicsThatItMayNotCreate() throws Exception {
    KafkaSettings told = as("hemlock-trainer");
    KafkaSettings creating =
        new KafkaSettings(
            told.bootstrapServers(),
            told.replicationFactor(),
            told.partitions(),
            true,
            told.source(),
            told.patience(),
            told.security());
    try (KafkaTopics topics = new KafkaTopics(creating)) {
      assertThat(topics.ensure(Topics.STAGES)).isEqualTo(KafkaTopics.State.NEW_QUEUES);
      assertThat(topics.ensure(List.of("missing"))).isEqualTo(KafkaTopics.State.AWAY);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "poison,poison",
    "trainer,train",
    "evaluator,evaluate",
    "evaluator,experiment",
    "evaluator,detect",
    "evaluator,certify"
  })
  void passesWorkAsAService(String service, String stage) throws Exception {
    KafkaSettings settings = as("hemlock-" + service);
    BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    try (KafkaTopics topics = new KafkaTopics(settings);
        KafkaEventPublisher publisher = new KafkaEventPublisher(settings);
        WorkQueue queue =
            new WorkQueue(
                settings,
                stage,
                "queue",
                (tenant, name) -> handled.add(tenant + ":" + name),
                publisher,
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofSeconds(5))) {
      assertThat(topics.ensure(List.of(stage))).isNotEqualTo(KafkaTopics.State.AWAY);
      queue.start();

      publisher.ring(stage, "runs/1");
      String done = handled.poll(60, TimeUnit.SECONDS);
      publish(publisher, Topics.DEAD_LETTERS);

      assertThat(done).isEqualTo(Tenant.DEFAULT + ":runs/1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataset", "poison", "trainer", "evaluator"})
  void passesFactsAsEveryService(String service) {
    KafkaSettings settings = as("hemlock-" + service);
    Set<String> heard = ConcurrentHashMap.newKeySet();
    try (KafkaEventPublisher itself = new KafkaEventPublisher(settings);
        KafkaEventPublisher evaluator = new KafkaEventPublisher(as("hemlock-evaluator"));
        KafkaEventFeed feed = new KafkaEventFeed(settings)) {
      feed.listen(event -> heard.add(event.tenant() + ":" + event.id()));
      feed.start();

      // Repeated, since the feed begins at the end.
      Await.until(
          "its own fact is heard",
          () -> {
            publish(itself, Topics.EVENTS);
            return heard.contains(Tenant.DEFAULT + ":" + Topics.EVENTS);
          });
      Await.until(
          "a result is heard",
          () -> {
            publish(evaluator, Topics.RESULTS);
            return heard.contains(Tenant.DEFAULT + ":" + Topics.RESULTS);
          });
    }
  }

  /** A record whose id is the topic's name. */
  private static void publish(KafkaEventPublisher publisher, String topic) {
    publisher.publish(topic, topic, "test", "runs/1", WorkRequested.newBuilder().setName("runs/1"));
  }

  @ParameterizedTest
  @CsvSource({
    "dataset,",
    "poison,poison",
    "trainer,train",
    "evaluator,evaluate experiment detect certify"
  })
  void refusesAServiceTheQueuesOfOthers(String service, String own) {
    List<String> foreign = new ArrayList<>(Topics.STAGES);
    foreign.removeAll(own == null ? List.of() : List.of(own.split(" ")));
    KafkaSettings settings = as("hemlock-" + service);
    try (KafkaEventPublisher publisher = new KafkaEventPublisher(settings)) {
      assertThat(foreign)
          .allSatisfy(
              stage -> {
                assertMayNotWrite(publisher, Topics.work(stage));
                assertMayNotRead(settings, Topics.work(stage));
                assertMayNotJoin(settings, stage);
              });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dataset," + Topics.RESULTS,
    "dataset," + Topics.DEAD_LETTERS,
    "poison," + Topics.RESULTS,
    "trainer," + Topics.RESULTS
  })
  void refusesAServiceWhatItDoesNotTell(String service, String topic) {
    try (KafkaEventPublisher publisher = new KafkaEventPublisher(as("hemlock-" + service))) {
      assertMayNotWrite(publisher, topic);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataset", "poison", "trainer", "evaluator"})
  void refusesEveryServiceToReadWhatFailed(String service) {
    assertMayNotRead(as("hemlock-" + service), Topics.DEAD_LETTERS);
  }

  private static void assertMayNotWrite(KafkaEventPublisher publisher, String topic) {
    assertThatThrownBy(() -> publish(publisher, topic))
        .isInstanceOf(HemlockException.class)
        .hasStackTraceContaining("TopicAuthorizationException");
  }

  private static void assertMayNotRead(KafkaSettings settings, String topic) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            settings.client(Map.of("auto.offset.reset", "earliest")),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
          .isInstanceOf(TopicAuthorizationException.class);
    }
  }

  private static void assertMayNotJoin(KafkaSettings settings, String stage) {
    try (KafkaShareConsumer<String, String> consumer =
        new KafkaShareConsumer<>(
            settings.client(Map.of("group.id", Topics.workers(stage))),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(Topics.work(stage)));
      assertThatThrownBy(
              () -> {
                // The poll after the refusal throws it.
                while (true) {
                  consumer.poll(Duration.ofMillis(100));
                }
              })
          .isInstanceOf(GroupAuthorizationException.class);
    }
  }

  @Test
  void knowsACertificateByItsName() {
    KafkaSettings settings =
        settings(
            mutual,
            Map.of(
                "hemlock.kafka.security-protocol", "SSL",
                "hemlock.tls.certificate", trainer.certificate().toString(),
                "hemlock.tls.key", trainer.key().toString()));

    try (KafkaEventPublisher publisher = new KafkaEventPublisher(settings)) {
      publisher.publish(
          Topics.EVENTS, "2", "test", "runs/2", WorkRequested.newBuilder().setName("runs/2"));
      assertThatThrownBy(
              () ->
                  publisher.publish(
                      Topics.work("poison"),
                      "2",
                      "test",
                      "runs/2",
                      WorkRequested.newBuilder().setName("runs/2")))
          .hasStackTraceContaining("TopicAuthorizationException");
    }
  }

  @Test
  void doesNotReachTheBrokerWithAWrongPassword() {
    KafkaSettings settings =
        settings(
            scram,
            Map.of(
                "hemlock.kafka.security-protocol", "SASL_SSL",
                "hemlock.kafka.username", "hemlock-trainer",
                "hemlock.kafka.password", "quote\" and backslash\\"));

    try (KafkaTopics topics = new KafkaTopics(settings)) {
      assertThat(topics.reachable()).isFalse();
    }
  }

  @Test
  void namesWhatIsMissing() {
    assertThatThrownBy(() -> settings(scram, Map.of("hemlock.kafka.security-protocol", "SASL_SSL")))
        .hasMessageContaining("hemlock.kafka.username is not set");
    assertThatThrownBy(() -> settings("kafka.example.org:9092", Map.of()))
        .hasMessageContaining("hemlock.kafka.security-protocol");
    assertThatThrownBy(
            () ->
                settings(
                    scram,
                    Map.of(
                        "hemlock.kafka.security-protocol", "SASL_SSL",
                        "hemlock.kafka.sasl-mechanism", "GSSAPI",
                        "hemlock.kafka.username", "a",
                        "hemlock.kafka.password", "b")))
        .hasMessageContaining("hemlock.kafka.sasl-mechanism is GSSAPI");
  }
}
