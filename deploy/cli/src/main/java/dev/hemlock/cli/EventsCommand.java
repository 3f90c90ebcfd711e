package dev.hemlock.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "events",
    description = "Prints events as they happen, one a line: type, subject, payload.",
    mixinStandardHelpOptions = true)
final class EventsCommand implements Callable<Integer> {
  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Kafka bootstrap address, as printed by `hemlock up`.")
  private String bootstrap;

  @Option(
      names = "--topic",
      defaultValue = "hemlock.results.v1",
      description = "hemlock.results.v1 (default) or hemlock.events.v1.")
  private String topic;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "Properties of the Kafka client, for a broker with SASL or TLS.")
  private Path settings;

  @Option(names = "--from-beginning", description = "Also print what happened before.")
  private boolean fromBeginning;

  @Option(names = "--count", paramLabel = "N", description = "Stop after N events.")
  private long count = Long.MAX_VALUE;

  @Override
  public Integer call() {
    for (String address : bootstrap.split(",", -1)) {
      HostPort.require("--kafka", address);
    }
    Map<String, Object> config = new HashMap<>(settings());
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 20_000);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(EventsCommand::partition).toList();
      if (partitions.isEmpty()) {
        throw new CliException(
            "There is no topic %s at %s; use hemlock.results.v1 or hemlock.events.v1."
                .formatted(topic, bootstrap));
      }
      consumer.assign(partitions);
      if (fromBeginning) {
        consumer.seekToBeginning(partitions);
      } else {
        consumer.seekToEnd(partitions);
      }
      for (long printed = 0; printed < count; ) {
        for (ConsumerRecord<String, String> event : consumer.poll(Duration.ofSeconds(1))) {
          if (printed++ < count) {
            System.out.println(line(event));
          }
        }
      }
      return 0;
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      throw new CliException("No answer from Kafka at " + bootstrap + "; is the address right?", e);
    } catch (KafkaException e) {
      String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new CliException("Could not read from Kafka at " + bootstrap + ": " + why, e);
    }
  }

  private Map<String, String> settings() {
    Properties read = new Properties();
    if (settings != null) {
      try (Reader in = Files.newBufferedReader(settings)) {
        read.load(in);
      } catch (IOException e) {
        throw new CliException("Could not read " + settings + ": " + e.getMessage(), e);
      }
    }
    Map<String, String> found = new HashMap<>();
    read.stringPropertyNames().forEach(name -> found.put(name, read.getProperty(name)));
    return found;
  }

  private static TopicPartition partition(PartitionInfo info) {
    return new TopicPartition(info.topic(), info.partition());
  }

  private static String line(ConsumerRecord<String, String> event) {
    Map<String, String> headers = new TreeMap<>();
    for (Header header : event.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return headers.getOrDefault("ce_type", "?")
        + "\t"
        + event.key()
        + "\t"
        + event.value().replaceAll("\\s*\n\\s*", " ");
  }
}
