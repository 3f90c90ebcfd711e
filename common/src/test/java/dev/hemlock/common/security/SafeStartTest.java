package dev.hemlock.common.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.storage.OneTenant;
import dev.hemlock.common.storage.Tenant;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process refuses to start with, and the key that each refusal names. */
@ExtendWith(OneTenant.class)
class SafeStartTest {
  @TempDir Path directory;

  private Map<String, String> safe() {
    Map<String, String> settings = new HashMap<>();
    settings.put("hemlock.auth.issuer", TestIssuer.ISSUER);
    settings.put(
        "hemlock.auth.keys", new TestIssuer().saveKeys(directory.resolve("keys.json")).toString());
    settings.put("hemlock.auth.service.token-file", directory.resolve("token").toString());
    settings.put("hemlock.tls.certificate", directory.resolve("tls.crt").toString());
    settings.put("hemlock.tls.key", directory.resolve("tls.key").toString());
    return settings;
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
  void needsNothingOnLoopbackAndServesOneTenant(String host) {
    assertThatCode(() -> Access.of(Map.of(), host)).doesNotThrowAnyException();
    assertThat(Tenant.separated()).isFalse();
    assertThat(Tenant.current()).isEqualTo("default");
  }

  @Test
  void startsBeyondLoopbackWithEverythingSetAndServesTenantsApart() {
    assertThatCode(() -> Access.of(safe(), "0.0.0.0")).doesNotThrowAnyException();
    assertThatThrownBy(Tenant::current).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "hemlock.auth.issuer,,set hemlock.auth.issuer",
    "hemlock.tls.certificate,,set hemlock.tls.certificate and hemlock.tls.key",
    "hemlock.tls.key,,set hemlock.tls.certificate and hemlock.tls.key",
    "hemlock.auth.service.token-file,,set hemlock.auth.service.token-file",
    "hemlock.auth.issuer,http://issuer.example.org,https:// URL in hemlock.auth.issuer",
    "hemlock.auth.keys,http://issuer.example.org/keys,https:// URL in hemlock.auth.keys",
    "hemlock.auth.service.token-url,http://issuer.example.org/t,hemlock.auth.service.token-url",
    "hemlock.auth.keys,/nowhere/keys.json,correct hemlock.auth.issuer or hemlock.auth.keys"
  })
  void refusesToStartBeyondLoopback(String key, String value, String remedy) {
    Map<String, String> settings = safe();
    if (value == null) {
      settings.remove(key);
    } else {
      settings.put(key, value);
    }

    assertThatThrownBy(() -> Access.of(settings, "0.0.0.0"))
        .isInstanceOfSatisfying(
            HemlockException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageContaining(remedy);
  }

  @Test
  void startsWithoutACertificateWhereAMeshEncrypts() {
    Map<String, String> settings = safe();
    settings.remove("hemlock.tls.certificate");
    settings.put("hemlock.tls.plaintext", "allowed");

    assertThatCode(() -> Access.of(settings, "0.0.0.0")).doesNotThrowAnyException();
  }

  @Test
  void needsAnIssuerEvenWhereAMeshEncrypts() {
    assertThatThrownBy(() -> Access.of(Map.of("hemlock.tls.plaintext", "allowed"), "0.0.0.0"))
        .hasMessageContaining("set hemlock.auth.issuer");
  }
}
