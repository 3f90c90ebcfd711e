package dev.hemlock.common.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopbackOnlyTest {
  private static final String DEFAULT = StorageConfig.DEFAULT_SECRET_KEY;

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9100,127.0.0.1",
    "http://localhost:9100,localhost",
    "http://[::1]:9100,::1"
  })
  void acceptsTheDefaultSecretOnLoopback(URI endpoint, String httpHost) {
    assertThatCode(() -> LoopbackOnly.check(DEFAULT, false, endpoint, httpHost))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "http://minio:9000,127.0.0.1,hemlock.storage.endpoint is minio",
    "https://s3.example.org,127.0.0.1,hemlock.storage.endpoint is s3.example.org",
    "http://localhost.example.org,127.0.0.1,hemlock.storage.endpoint",
    "http://127.0.0.1:9100,0.0.0.0,quarkus.http.host is 0.0.0.0",
    "http://127.0.0.1:9100,::,quarkus.http.host is ::"
  })
  void refusesTheDefaultSecretBeyondLoopback(URI endpoint, String httpHost, String why) {
    assertThatThrownBy(() -> LoopbackOnly.check(DEFAULT, false, endpoint, httpHost))
        .isInstanceOf(HemlockException.class)
        .hasMessageContainingAll(why, "set hemlock.storage.access-key", "secret-key")
        .hasMessageNotContaining(DEFAULT);
  }

  @Test
  void acceptsAnotherSecretAnywhere() {
    assertThatCode(
            () ->
                LoopbackOnly.check(
                    "another", false, URI.create("https://s3.example.org"), "0.0.0.0"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "https://s3.example.org,127.0.0.1,hemlock.storage.endpoint is s3.example.org",
    "http://127.0.0.1:9100,0.0.0.0,quarkus.http.host is 0.0.0.0"
  })
  void refusesFailpointsBeyondLoopback(URI endpoint, String httpHost, String why) {
    assertThatThrownBy(() -> LoopbackOnly.check("another", true, endpoint, httpHost))
        .isInstanceOf(HemlockException.class)
        .hasMessageContainingAll(why, "start without -Dhemlock.failpoints");
  }

  @Test
  void acceptsFailpointsOnLoopback() {
    assertThatCode(
            () -> LoopbackOnly.check("another", true, URI.create("http://[::1]:9100"), "localhost"))
        .doesNotThrowAnyException();
  }
}
