package dev.hemlock.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * One Kafka node, broker and KRaft controller in one, inside this process and on loopback only.
 *
 * <p>It is the real broker with its log on disk: closing it and starting another one on the same
 * directory continues with the same topics, groups and records.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final int NODE_ID = 1;
  private static final String CONTROLLER_LISTENER = "CONTROLLER";

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker and returns when it accepts clients.
   *
   * @param directory holds the log; formatted when empty
   * @param port the loopback port for clients, or 0 for any free one
   * @throws IOException if the directory can't be formatted
   */
  public static EmbeddedBroker start(Path directory, int port) throws IOException {
    int clientPort = Loopback.portOrFree(port);
    return start(directory, clientPort, clientPort);
  }

  /**
   * As {@link #start(Path, int)}, behind a proxy.
   *
   * @param clientPort the loopback port it listens on
   * @param proxyPort the loopback port that clients are told to use
   */
  public static EmbeddedBroker start(Path directory, int clientPort, int proxyPort)
      throws IOException {
    return start(directory, clientPort, proxyPort, Map.of(), List.of());
  }

  /**
   * As {@link #start(Path, int, int)}, encrypted and with users.
   *
   * @param more settings that replace or join its own
   * @param users SCRAM credentials as Kafka's formatter takes them, for example {@code
   *     SCRAM-SHA-512=[name=x,password=y]}
   */
  public static EmbeddedBroker start(
      Path directory, int clientPort, int proxyPort, Map<String, String> more, List<String> users)
      throws IOException {
    int controllerPort = Loopback.portOrFree(0);
    Path log = Files.createDirectories(directory.toAbsolutePath());
    format(log, users);
    Map<String, String> settings =
        new HashMap<>(settings(log, clientPort, proxyPort, controllerPort));
    settings.putAll(more);
    if (more.containsKey("listeners")) {
      settings.merge(
          "listeners",
          CONTROLLER_LISTENER + "://" + Loopback.HOST + ":" + controllerPort,
          (clients, controller) -> clients + "," + controller);
    }
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    server.startup();
    return new EmbeddedBroker(server, Loopback.HOST + ":" + clientPort);
  }

  /** Host and port for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Stops the broker and waits until its files are closed. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path log, List<String> users) throws IOException {
    if (Files.exists(log.resolve("meta.properties"))) {
      return;
    }
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setPrintStream(nowhere)
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setControllerListenerName(CONTROLLER_LISTENER)
          .setMetadataLogDirectory(log.toString())
          .addDirectory(log.toString())
          .setScramArguments(users)
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Could not format the broker's directory " + log, e);
    }
  }

  private static Map<String, String> settings(
      Path log, int clientPort, int proxyPort, int controllerPort) {
    String clients = "PLAINTEXT://" + Loopback.HOST + ":" + clientPort;
    String advertised = "PLAINTEXT://" + Loopback.HOST + ":" + proxyPort;
    String controllers = Loopback.HOST + ":" + controllerPort;
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", Integer.toString(NODE_ID)),
        Map.entry("controller.quorum.voters", NODE_ID + "@" + controllers),
        Map.entry("controller.listener.names", CONTROLLER_LISTENER),
        Map.entry("listeners", clients + "," + CONTROLLER_LISTENER + "://" + controllers),
        Map.entry("advertised.listeners", advertised),
        Map.entry("log.dirs", log.toString()),
        Map.entry("auto.create.topics.enable", "false"),
        // One node holds the one replica of everything.
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("offsets.topic.num.partitions", "1"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        Map.entry("share.coordinator.state.topic.num.partitions", "1"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("transaction.state.log.num.partitions", "1"),
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        // Small threads and buffers: it shares the machine with training.
        Map.entry("num.network.threads", "1"),
        Map.entry("num.io.threads", "2"),
        Map.entry("background.threads", "1"),
        Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
        // After a crash the next start waits until this session of the last one has expired.
        Map.entry("broker.heartbeat.interval.ms", "1000"),
        Map.entry("broker.session.timeout.ms", "5000"),
        // A worker learns of its partitions with a heartbeat; the defaults cost it seconds.
        Map.entry("group.share.min.heartbeat.interval.ms", "1000"),
        Map.entry("group.share.heartbeat.interval.ms", "1000"));
  }
}
