package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StandaloneOptionsTest {
  @Test
  void readsEveryOption() {
    StandaloneOptions options =
        StandaloneOptions.parse(
            "--data-dir", "/d", "--grpc-port", "1", "--kafka-port", "2", "--store-port", "3");

    assertThat(options).isEqualTo(new StandaloneOptions(Path.of("/d"), 1, 2, 3));
  }

  @Test
  void refusesUnknownOption() {
    assertThatThrownBy(() -> StandaloneOptions.parse("--dir", "/d"))
        .hasMessageContaining("Unknown option --dir");
  }

  @Test
  void refusesPortOutOfRange() {
    assertThatThrownBy(() -> StandaloneOptions.parse("--grpc-port", "70000"))
        .hasMessageContaining("0 to 65535");
  }

  @Test
  void refusesMissingValue() {
    assertThatThrownBy(() -> StandaloneOptions.parse("--data-dir"))
        .hasMessageContaining("needs a directory");
  }
}
