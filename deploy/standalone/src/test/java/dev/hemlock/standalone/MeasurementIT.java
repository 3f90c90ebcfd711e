package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.Loopback;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The command line measures an attack on real digits, embedded and with the services apart. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeasurementIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path MINIO = ROOT.resolve("deploy/.bin/minio");
  private static final int DIGITS_TRAIN = 1438;
  private static final int DIGITS_TEST = 359;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private JsonObject embedded;

  @BeforeAll
  void measureEmbedded() throws Exception {
    embedded = measure("embedded", List.of("--data-dir", directory.resolve("data-1").toString()));
  }

  @Test
  void reportsEveryPairAndSummary() {
    assertThat(embedded.getJsonArray("pairs")).hasSize(4);
    for (Object each : embedded.getJsonArray("pairs")) {
      JsonObject pair = (JsonObject) each;
      JsonObject clean = pair.getJsonObject("clean");
      JsonObject poisoned = pair.getJsonObject("poisoned");
      assertThat(clean.getDouble("accuracy")).isBetween(0.8, 1.0);
      assertThat(clean.getJsonArray("confusion")).hasSize(10);
      assertThat(clean.getJsonArray("perClass")).hasSize(10);
      boolean sameModel = clean.getString("run").equals(poisoned.getString("run"));
      assertThat(sameModel).isEqualTo(pair.getDouble("ratio") == 0);
    }
    for (String figure :
        List.of(
            "excessAttackSuccessRate", "sourceRecallDrop", "targetPrecisionDrop", "accuracyDrop")) {
      JsonObject estimate = embedded.getJsonObject("summary").getJsonObject(figure);
      assertThat(estimate.getDouble("low")).isLessThanOrEqualTo(estimate.getDouble("estimate"));
      assertThat(estimate.getDouble("high")).isGreaterThanOrEqualTo(estimate.getDouble("estimate"));
    }
    JsonArray summaries = embedded.getJsonArray("arms").getJsonObject(0).getJsonArray("summaries");
    assertThat(summaries.getJsonObject(1).getInteger("flipCount")).isZero();
  }

  @Test
  void importsOnceTrainsEachModelOnceAndStoresOnlyLabelsForAPoisonedSnapshot() throws Exception {
    // Given: one ratio above zero and two seeds
    Path stored = directory.resolve("data-1/store/hemlock/default");

    // When
    List<JsonObject> snapshots = documents(stored.resolve("snapshots"));
    List<JsonObject> provenance = documents(stored.resolve("provenance"));

    // Then
    assertThat(provenance)
        .extracting(step -> step.getString("transformation"))
        .containsExactlyInAnyOrder("import", "relabel", "relabel");
    assertThat(names(stored.resolve("runs/trainingRuns"))).hasSize((1 + 1) * 2);
    assertThat(splits(snapshots, "shardDigests")).hasSize(2);
    assertThat(splits(snapshots, "labelDigest")).hasSize(2 + 2);
    int labelBytes = 0;
    for (Object digest : splits(snapshots, "labelDigest")) {
      String hex = digest.toString().replace("sha256:", "");
      labelBytes +=
          (int) Files.size(stored.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex));
    }
    assertThat(labelBytes).isEqualTo(2 * (DIGITS_TEST + 3 * DIGITS_TRAIN));
  }

  @Test
  void repeatsEveryFigureInAnEmptyDataDirectory() throws Exception {
    // When
    JsonObject again =
        measure("again", List.of("--data-dir", directory.resolve("data-2").toString()));

    // Then
    assertThat(withoutHost(again)).isEqualTo(withoutHost(embedded));
  }

  @Test
  void measuresTheSameWithFourProcessesARealBrokerMinioAndAQuota() throws Exception {
    assumeTrue(Files.isExecutable(MINIO), "needs deploy/.bin/minio: deploy/tools/install minio");
    int minioPort = Loopback.portOrFree(0);
    URI minioUrl = URI.create("http://" + Loopback.HOST + ":" + minioPort);
    Map<Part, Integer> ports = new LinkedHashMap<>();
    for (Part part : Part.values()) {
      ports.put(part, Loopback.portOrFree(0));
    }
    List<JavaProcess> processes = new ArrayList<>();
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      try {
        // Given
        processes.add(minio(minioPort).awaitOk(minioUrl.resolve("/minio/health/ready")));
        for (Part part : Part.values()) {
          processes.add(start(part, ports, broker.bootstrapServers(), minioUrl));
        }
        int next = 1;
        for (Part part : Part.values()) {
          processes
              .get(next++)
              .awaitOk(
                  URI.create(
                      "http://" + Loopback.HOST + ":" + ports.get(part) + "/q/health/ready"));
        }

        // When
        List<String> addresses = new ArrayList<>();
        ports.forEach(
            (part, port) -> {
              addresses.add("--service");
              addresses.add(part.client + "=" + Loopback.HOST + ":" + port);
            });
        JsonObject apart = measure("apart", addresses);

        // Then
        assertThat(withoutHost(apart)).isEqualTo(withoutHost(embedded));
        assertThat(JavaProcess.metrics(Loopback.HOST + ":" + ports.get(Part.TRAINER)).lines())
            .anyMatch(
                line ->
                    line.startsWith("grpc_server_processing_duration_seconds_count")
                        && line.contains("method=\"CreateTrainingRun\"")
                        && line.contains("statusCode=\"RESOURCE_EXHAUSTED\""));
      } finally {
        for (int i = processes.size() - 1; i >= 0; i--) {
          processes.get(i).close();
        }
      }
    }
  }

  private enum Part {
    DATASET("dataset-service", "dataset"),
    POISON("poison-service", "poison"),
    TRAINER("trainer-service", "training"),
    EVALUATOR("evaluator-service", "evaluation");

    private final String module;
    private final String client;

    Part(String module, String client) {
      this.module = module;
      this.client = client;
    }
  }

  private JavaProcess minio(int port) throws IOException {
    return JavaProcess.start(
        List.of(
            MINIO.toString(),
            "server",
            "--address",
            Loopback.HOST + ":" + port,
            directory.resolve("minio").toString()),
        Map.of("MINIO_ROOT_USER", "hemlock", "MINIO_ROOT_PASSWORD", "hemlock-secret"),
        directory.resolve("minio.log"));
  }

  private JavaProcess start(Part part, Map<Part, Integer> ports, String kafka, URI minio)
      throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("quarkus.http.port", ports.get(part).toString());
    properties.put("hemlock.work.train.quota", "1");
    properties.put("hemlock.kafka.bootstrap-servers", kafka);
    properties.put("hemlock.storage.endpoint", minio.toString());
    properties.put("hemlock.storage.access-key", "hemlock");
    properties.put("hemlock.storage.secret-key", "hemlock-secret");
    properties.put(
        "hemlock.storage.cache-dir", directory.resolve("cache-" + part.module).toString());
    ports.forEach(
        (other, port) -> {
          properties.put("quarkus.grpc.clients." + other.client + ".host", Loopback.HOST);
          properties.put("quarkus.grpc.clients." + other.client + ".port", port.toString());
        });
    return JavaProcess.jar(
        ROOT.resolve(part.module).resolve("target/quarkus-app/quarkus-run.jar"),
        properties,
        List.of(),
        directory.resolve(part.module + ".log"));
  }

  private JsonObject measure(String name, List<String> where) throws Exception {
    Path out = directory.resolve(name);
    List<String> arguments =
        new ArrayList<>(
            List.of("measure", "--digits", "--source", "1", "--target", "7", "--ratio", "0.4,0"));
    arguments.addAll(List.of("--seeds", "1,2", "--epochs", "4", "--out", out.toString()));
    arguments.addAll(where);
    try (JavaProcess cli =
        JavaProcess.jar(
            ROOT.resolve("deploy/cli/target/hemlock-cli.jar"),
            Map.of(
                "hemlock.standalone",
                ROOT.resolve("deploy/standalone/target/quarkus-app/quarkus-run.jar").toString()),
            arguments,
            directory.resolve(name + ".log"))) {
      assertThat(cli.awaitExit(LIMIT)).as(cli.output()).isZero();
    }
    assertThat(Files.readString(out.resolve("report.html"))).startsWith("<!DOCTYPE html>");
    return new JsonObject(Files.readString(out.resolve("report.json")));
  }

  private static List<JsonObject> documents(Path folder) throws IOException {
    List<JsonObject> documents = new ArrayList<>();
    for (Path name : names(folder)) {
      documents.add(new JsonObject(Files.readString(name)));
    }
    return documents;
  }

  private static List<Path> names(Path folder) throws IOException {
    try (Stream<Path> names = Files.list(folder)) {
      return names.toList();
    }
  }

  /** The distinct values that the splits of some snapshots have under a key. */
  private static Set<Object> splits(List<JsonObject> snapshots, String key) {
    return snapshots.stream()
        .flatMap(snapshot -> snapshot.getJsonArray("splits").stream())
        .map(split -> ((JsonObject) split).getValue(key))
        .collect(Collectors.toSet());
  }

  private static String withoutHost(JsonObject report) {
    JsonObject copy = report.copy();
    assertThat(copy.remove("host")).isNotNull();
    return copy.encodePrettily();
  }
}
