package dev.hemlock.common.failpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailpointTest {
  private static final int SURVIVED = 3;

  @TempDir Path directory;

  /** Passes a failpoint. */
  static final class Passing {
    public static void main(String... args) {
      Failpoint.hit("train", "claim.before");
      Runtime.getRuntime().exit(SURVIVED);
    }
  }

  @Test
  void endsTheProcessOnceWhenArmed() throws Exception {
    Path armed = Files.createFile(directory.resolve("train.claim.before"));

    assertThat(exitCode("-D" + Failpoint.PROPERTY + "=" + directory)).isEqualTo(137);

    assertThat(armed).doesNotExist();
    assertThat(exitCode("-D" + Failpoint.PROPERTY + "=" + directory)).isEqualTo(SURVIVED);
  }

  @Test
  void doesNothingWithoutTheProperty() throws Exception {
    Path armed = Files.createFile(directory.resolve("train.claim.before"));

    assertThat(exitCode("-Dunrelated=" + directory)).isEqualTo(SURVIVED);

    assertThat(armed).exists();
    assertThat(Failpoint.enabled()).isFalse();
  }

  private static int exitCode(String property) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            property,
            "-cp",
            System.getProperty("java.class.path"),
            Passing.class.getName())
        .inheritIO()
        .start()
        .waitFor();
  }
}
