package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.embedded.Loopback;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Ensembles trained on real digits: no flips within the certified radius change what is certified. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificationIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final int DIGITS_TRAIN = 1438;
  private static final int DIGITS_TEST = 359;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private JavaProcess services;
  private String address;
  private String digits;
  private int commands;

  @BeforeAll
  void importDigits() throws Exception {
    int port = Loopback.portOrFree(0);
    address = Loopback.HOST + ":" + port;
    services =
        JavaProcess.jar(
                ROOT.resolve("deploy/standalone/target/quarkus-app/quarkus-run.jar"),
                Map.of(),
                List.of(
                    "--data-dir", directory.resolve("data").toString(), "--grpc-port", "" + port),
                directory.resolve("services.log"))
            .awaitOk(URI.create("http://" + address + "/q/health/ready"));
    digits = last(run("import", "--digits"));
  }

  @AfterAll
  void stop() throws InterruptedException {
    services.close();
  }

  @Test
  void withstandsRealFlipsWithinTheRadiusOfDeepPartitionAggregation() throws Exception {
    JsonObject certification = certify("6", "1");

    assertThat(models(certification)).isEqualTo(6);
    assertThat(samples(certification)).isEqualTo(DIGITS_TRAIN);
    withstandsFlips(certification, 2);
  }

  @Test
  void withstandsRealFlipsWithinTheRadiusOfFiniteAggregation() throws Exception {
    JsonObject certification = certify("3", "2");

    assertThat(models(certification)).isEqualTo(6);
    assertThat(samples(certification)).isEqualTo(2 * DIGITS_TRAIN);
    withstandsFlips(certification, 1);
  }

  private JsonObject certify(String partitions, String spread) throws Exception {
    String output =
        run(
            "certify",
            "--snapshot",
            digits,
            "--partitions",
            partitions,
            "--spread",
            spread,
            "--source",
            "1",
            "--target",
            "7",
            "--epochs",
            "4",
            "--batch-size",
            "32",
            "--json",
            "--out",
            directory.resolve("certificates.csv").toString());
    assertThat(Files.readAllLines(directory.resolve("certificates.csv"))).hasSize(DIGITS_TEST + 1);
    return new JsonObject(output.substring(output.indexOf('{')));
  }

  private void withstandsFlips(JsonObject certification, int flips) throws Exception {
    // Given
    assertThat(certification.getDouble("accuracy")).isGreaterThan(0.7);
    assertThat(certification.getInteger("medianCertifiedFlips")).isGreaterThanOrEqualTo(flips);
    String poisoned =
        last(
            run(
                "poison",
                "--snapshot",
                digits,
                "--source",
                "1",
                "--target",
                "7",
                "--count",
                "" + flips));

    // When
    String audit = last(run("certify", "audit", certification.getString("name"), poisoned));

    // Then
    List<String> cells = Arrays.asList(audit.trim().split(" +", -1));
    int spread = certification.getJsonObject("spec").getInteger("spread");
    assertThat(Integer.parseInt(cells.get(0))).isEqualTo(flips);
    assertThat(Integer.parseInt(cells.get(1))).isBetween(1, flips * spread);
    assertThat(Integer.parseInt(cells.get(2))).isGreaterThan(DIGITS_TEST / 2);
    assertThat(Integer.parseInt(cells.get(3))).isZero();
  }

  private static int models(JsonObject certification) {
    return certification.getJsonArray("models").size();
  }

  private static int samples(JsonObject certification) {
    return certification.getJsonArray("models").stream()
        .mapToInt(model -> ((JsonObject) model).getInteger("sampleCount"))
        .sum();
  }

  private static String last(String output) {
    return output.lines().reduce((first, last) -> last).orElseThrow();
  }

  /** What a command prints, progress first. */
  private String run(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--address", address));
    try (JavaProcess cli =
        JavaProcess.jar(
            ROOT.resolve("deploy/cli/target/hemlock-cli.jar"),
            Map.of(),
            all,
            directory.resolve("command-" + ++commands + ".log"))) {
      assertThat(cli.awaitExit(LIMIT)).as(cli.output()).isZero();
      return cli.output();
    }
  }
}
