package dev.hemlock.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Holds the bearer token of who calls (default: $HEMLOCK_TOKEN_FILE).")
  private Path token;

  @Option(
      names = "--tls",
      description = "Encrypt connections; --authorities and --client-certificate imply it.")
  private boolean tls;

  @Option(
      names = "--authorities",
      paramLabel = "FILE",
      description =
          "PEM file of the certificate authorities of the servers, instead of Java's (default:"
              + " $HEMLOCK_AUTHORITIES).")
  private Path authorities;

  @Option(
      names = "--client-certificate",
      paramLabel = "FILE",
      description =
          "PEM file of the client's own certificate (default: $HEMLOCK_CLIENT_CERTIFICATE).")
  private Path certificate;

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "PEM file of its private key, PKCS #8 (default: $HEMLOCK_CLIENT_KEY).")
  private Path key;

  Connection connect() {
    HostPort.require("--address", address);
    services.values().forEach(value -> HostPort.require("--service", value));
    return new Connection(address, services, identity());
  }

  private Identity identity() {
    Optional<Path> trusted = given(authorities, "HEMLOCK_AUTHORITIES");
    Optional<Path> own = given(certificate, "HEMLOCK_CLIENT_CERTIFICATE");
    return new Identity(
        given(token, "HEMLOCK_TOKEN_FILE"),
        tls || trusted.isPresent() || own.isPresent(),
        trusted,
        own,
        given(key, "HEMLOCK_CLIENT_KEY"));
  }

  private static Optional<Path> given(Path option, String variable) {
    return Optional.ofNullable(option)
        .or(() -> Optional.ofNullable(System.getenv(variable)).map(Path::of));
  }
}
