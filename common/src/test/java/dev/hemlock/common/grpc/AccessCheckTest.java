package dev.hemlock.common.grpc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.security.Access;
import dev.hemlock.common.tls.TlsConfig;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessCheckTest {
  private static final TlsConfig CERTIFIED =
      Access.tls(Map.of("hemlock.tls.certificate", "tls.crt", "hemlock.tls.key", "tls.key"));

  @Test
  void refusesACertificateThatTheServerWouldNotShow() {
    assertThatThrownBy(() -> AccessCheck.requireEncryption(CERTIFIED, Optional.of("enabled")))
        .hasMessageContaining("nothing would be encrypted")
        .hasMessageContaining("config/application.properties");
  }

  @Test
  void takesAServerThatAnswersNothingElseOrHasNoCertificate() {
    assertThatCode(() -> AccessCheck.requireEncryption(CERTIFIED, Optional.of("disabled")))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> AccessCheck.requireEncryption(Access.tls(Map.of()), Optional.of("enabled")))
        .doesNotThrowAnyException();
  }
}
