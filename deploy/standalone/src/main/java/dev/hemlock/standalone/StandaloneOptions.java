package dev.hemlock.standalone;

import java.nio.file.Path;

/**
 * Where the embedded default keeps its data and listens.
 *
 * @param dataDirectory holds the broker's log and the store's buckets
 * @param grpcPort port of gRPC, health and metrics; 0 for any free one
 * @param kafkaPort loopback port of the broker; 0 for any free one
 * @param storePort loopback port of the store; 0 for any free one
 */
record StandaloneOptions(Path dataDirectory, int grpcPort, int kafkaPort, int storePort) {
  static final String USAGE =
      "Usage: hemlock-standalone [--data-dir DIR] [--grpc-port N] [--kafka-port N] [--store-port N]";

  static StandaloneOptions parse(String... args) {
    Path directory = Path.of(System.getProperty("user.home"), ".hemlock");
    int grpcPort = 9000;
    int kafkaPort = 0;
    int storePort = 0;
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--data-dir" -> directory = directory(value);
        case "--grpc-port" -> grpcPort = port(args[i], value);
        case "--kafka-port" -> kafkaPort = port(args[i], value);
        case "--store-port" -> storePort = port(args[i], value);
        default -> throw new IllegalArgumentException("Unknown option " + args[i] + "\n" + USAGE);
      }
    }
    return new StandaloneOptions(directory, grpcPort, kafkaPort, storePort);
  }

  private static Path directory(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("--data-dir needs a directory.\n" + USAGE);
    }
    return Path.of(value);
  }

  private static int port(String option, String value) {
    if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65535) {
      throw new IllegalArgumentException(
          option + " needs a port from 0 to 65535, not '" + value + "'.\n" + USAGE);
    }
    return Integer.parseInt(value);
  }
}
