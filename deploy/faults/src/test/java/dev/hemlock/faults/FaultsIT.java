package dev.hemlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FaultsIT {
  private static final Path ROOT = Path.of("../..");

  @BeforeAll
  static void requirePrograms() {
    for (String program : List.of("minio", "toxiproxy")) {
      assumeTrue(
          Files.isExecutable(ROOT.resolve("deploy/.bin").resolve(program)),
          "Fault tests skipped: no deploy/.bin/" + program + "; .ci/run builds it");
    }
    for (Service service : Service.values()) {
      assumeTrue(
          Files.exists(
              ROOT.resolve(service.module()).resolve("target/quarkus-app/quarkus-run.jar")),
          "Fault tests skipped: " + service.module() + " is not packaged; run mvn package");
    }
  }

  @Test
  void losesDoublesAndFalsifiesNothing() throws Exception {
    Options options = Options.parse(List.of("--fast"));

    assertThat(Faults.run(options, ROOT)).isZero();
  }
}
