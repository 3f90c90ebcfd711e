package dev.hemlock.common.tls;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * With {@code hemlock.tls.certificate} and {@code hemlock.tls.key} a process answers only TLS 1.3, on
 * the port that it would answer on otherwise, and calls other services the same way.
 */
public final class TlsDefaults implements ConfigSourceFactory {
  /** Other services, as {@code quarkus.grpc.clients} names them. */
  public static final List<String> PEERS = List.of("dataset", "poison", "training", "evaluation");

  private static final int BELOW_EVERY_FILE = -200;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    Map<String, String> defaults = new HashMap<>();
    Optional<String> certificate = value(context, "hemlock.tls.certificate");
    Optional<String> key = value(context, "hemlock.tls.key");
    if (certificate.isPresent() && key.isPresent()) {
      Optional<String> authorities = value(context, "hemlock.tls.authorities");
      server(defaults, certificate.get(), key.get(), authorities);
      value(context, "quarkus.http.port")
          .ifPresent(port -> defaults.put("quarkus.http.ssl-port", port));
      PEERS.forEach(peer -> client(defaults, peer, certificate.get(), key.get(), authorities));
    }
    return List.of(new PropertiesConfigSource(defaults, "hemlock TLS defaults", BELOW_EVERY_FILE));
  }

  private static void server(
      Map<String, String> defaults, String certificate, String key, Optional<String> authorities) {
    defaults.put("quarkus.http.insecure-requests", "disabled");
    defaults.put("quarkus.tls.protocols", "TLSv1.3");
    defaults.put("quarkus.tls.reload-period", "1H");
    defaults.put("quarkus.tls.key-store.pem.hemlock.cert", certificate);
    defaults.put("quarkus.tls.key-store.pem.hemlock.key", key);
    authorities.ifPresent(file -> defaults.put("quarkus.tls.trust-store.pem.certs", file));
  }

  private static void client(
      Map<String, String> defaults,
      String peer,
      String certificate,
      String key,
      Optional<String> authorities) {
    String prefix = "quarkus.grpc.clients." + peer + ".";
    defaults.put(prefix + "plain-text", "false");
    defaults.put(prefix + "ssl.certificate", certificate);
    defaults.put(prefix + "ssl.key", key);
    authorities.ifPresent(file -> defaults.put(prefix + "ssl.trust-store", file));
  }

  private static Optional<String> value(ConfigSourceContext context, String name) {
    return Optional.ofNullable(context.getValue(name)).map(ConfigValue::getValue);
  }
}
