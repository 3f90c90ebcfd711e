package dev.hemlock.common.events;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.KafkaConfig.Protocol;
import dev.hemlock.common.tls.Loopback;
import dev.hemlock.common.tls.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kafka's own settings for what Hemlock's say about encryption and identity. */
final class KafkaSecurity {
  private static final String LOGIN_MODULES = "org.apache.kafka.common.security.";

  private KafkaSecurity() {}

  /**
   * The settings of every client.
   *
   * @throws HemlockException FAILED_PRECONDITION with a sentence that says what to set
   */
  static Map<String, String> of(KafkaConfig config, TlsConfig tls) {
    Protocol protocol = config.securityProtocol();
    boolean encrypted = protocol == Protocol.SSL || protocol == Protocol.SASL_SSL;
    for (String address : config.bootstrapServers().split(",", -1)) {
      Loopback.requireTls(
          tls,
          encrypted,
          "hemlock.kafka.bootstrap-servers",
          address.trim().replaceFirst(":\\d+$", ""),
          "hemlock.kafka.security-protocol to SASL_SSL or SSL");
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("security.protocol", protocol.name());
    if (encrypted) {
      encryption(tls, settings);
    }
    if (protocol == Protocol.SASL_PLAINTEXT || protocol == Protocol.SASL_SSL) {
      settings.put("sasl.mechanism", config.saslMechanism());
      settings.put(
          "sasl.jaas.config",
          "%s required username=%s password=%s;"
              .formatted(
                  loginModule(config.saslMechanism()),
                  quoted("hemlock.kafka.username", config.username()),
                  quoted("hemlock.kafka.password", config.password())));
    }
    return settings;
  }

  private static void encryption(TlsConfig tls, Map<String, String> settings) {
    settings.put("ssl.enabled.protocols", "TLSv1.3");
    settings.put("ssl.protocol", "TLSv1.3");
    tls.authorities()
        .ifPresent(
            file -> {
              settings.put("ssl.truststore.type", "PEM");
              settings.put("ssl.truststore.certificates", text("hemlock.tls.authorities", file));
            });
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      settings.put("ssl.keystore.type", "PEM");
      settings.put(
          "ssl.keystore.certificate.chain",
          text("hemlock.tls.certificate", tls.certificate().get()));
      settings.put("ssl.keystore.key", text("hemlock.tls.key", tls.key().get()));
    }
  }

  private static String loginModule(String mechanism) {
    if (List.of("SCRAM-SHA-256", "SCRAM-SHA-512").contains(mechanism)) {
      return LOGIN_MODULES + "scram.ScramLoginModule";
    }
    if (mechanism.equals("PLAIN")) {
      return LOGIN_MODULES + "plain.PlainLoginModule";
    }
    throw HemlockException.failedPrecondition(
        "hemlock.kafka.sasl-mechanism is %s; set it to SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN"
            .formatted(mechanism));
  }

  private static String quoted(String key, Optional<String> value) {
    String text =
        value.orElseThrow(
            () ->
                HemlockException.failedPrecondition(
                    "hemlock.kafka.security-protocol names SASL, and %s is not set; set it"
                        .formatted(key)));
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String text(String key, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw HemlockException.failedPrecondition(
              "%s is %s, which can't be read (%s); correct it".formatted(key, file, e.getMessage()))
          .because(e);
    }
  }
}
