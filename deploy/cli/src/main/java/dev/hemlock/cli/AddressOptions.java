package dev.hemlock.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the services are. */
final class AddressOptions {
  static final String DEFAULT = "127.0.0.1:9000";

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      defaultValue = DEFAULT,
      description = "gRPC address of all services (default: ${DEFAULT-VALUE}).")
  private String address;

  @Option(
      names = "--service",
      paramLabel = "NAME=HOST:PORT",
      description =
          "Address of a single service that runs elsewhere: dataset, poison, training or"
              + " evaluation. Repeatable.")
  private Map<Service, String> services = new LinkedHashMap<>();

  Connection connect() {
    HostPort.require("--address", address);
    services.values().forEach(value -> HostPort.require("--service", value));
    return new Connection(address, services);
  }
}
