package dev.hemlock.common.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.security.Access;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a process asks of the way to its store before it takes it. */
class StorageProducerTest {
  @Test
  void refusesAStoreOnAnotherMachineWithoutTls() {
    assertThatThrownBy(() -> store("http://store.example.org:9000", Map.of()))
        .isInstanceOf(HemlockException.class)
        .hasMessageStartingWith(
            "hemlock.storage.endpoint is store.example.org, and nothing would be encrypted; set an"
                + " https:// endpoint");
  }

  /** It gets as far as the secret, which is the default. */
  @Test
  void takesOneWithTlsOrBehindAMesh() {
    assertThatThrownBy(() -> store("https://store.example.org", Map.of()))
        .hasMessageStartingWith("hemlock.storage.secret-key is the default");
    assertThatThrownBy(
            () ->
                store("http://store.example.org:9000", Map.of("hemlock.tls.plaintext", "allowed")))
        .hasMessageStartingWith("hemlock.storage.secret-key is the default");
  }

  private static ObjectStore store(String endpoint, Map<String, String> tls) {
    StorageConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withDefaultValues(
                Map.of(
                    "hemlock.storage.endpoint", endpoint,
                    "hemlock.storage.patience", "PT1S",
                    "hemlock.storage.cache-dir", "unused"))
            .withMapping(StorageConfig.class)
            .build()
            .getConfigMapping(StorageConfig.class);
    return new StorageProducer().objectStore(config, Access.tls(tls), null, "127.0.0.1");
  }
}
