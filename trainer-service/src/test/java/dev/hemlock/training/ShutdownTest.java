package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShutdownTest {
  private static final int TERMINATED = 128 + 15;

  @TempDir Path directory;

  @Test
  void aProcessToldToEndInTheMiddleOfAStepEndsWithoutACrash() throws Exception {
    // Given
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    EndlessTraining.class.getName()))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine();
          !EndlessTraining.UNDER_WAY.equals(line);
          line = output.readLine()) {
        assertThat(line).as("the process ended early").isNotNull();
      }

      // When
      process.destroy();

      // Then
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(TERMINATED);
      File[] crashes = directory.toFile().listFiles((in, name) -> name.startsWith("hs_err"));
      assertThat(crashes).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }
}
