package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.TopicReader;
import dev.hemlock.common.events.Topics;
import dev.hemlock.embedded.Loopback;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a whole Hemlock tells of an experiment: spans to a collector on a socket, and log lines. */
class ObservabilityIT {
  private static final Path ROOT = SecuredHemlock.ROOT;
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static final List<Span> spans = new ArrayList<>();
  private static TopicReader.Fact result;
  private static String output;
  private static String metrics;

  @BeforeAll
  static void measure() throws Exception {
    try (Collector collector = new Collector()) {
      int kafka = Loopback.portOrFree(0);
      try (JavaProcess hemlock = hemlock("traced", collector.endpoint(), kafka)) {
        measure("traced", hemlock);
        result =
            TopicReader.read(
                KafkaSettings.of(Loopback.HOST + ":" + kafka, "test"),
                Topics.RESULTS,
                fact -> fact.key().startsWith("evaluations/"));
        metrics = JavaProcess.metrics(address(hemlock));
        hemlock.close();
        output = hemlock.output();
      }
      spans.addAll(collector.spans());
    }
  }

  @Test
  void keepsAnExperimentWithItsRunsInItsCallersTrace() {
    Map<String, Span> byId =
        spans.stream()
            .collect(Collectors.toMap(span -> hex(span.getSpanId()), Function.identity()));
    assertThat(spans).extracting(span -> hex(span.getTraceId())).containsOnly(TRACE);
    assertThat(spans)
        .allSatisfy(
            span ->
                assertThat(hex(span.getParentSpanId()))
                    .as(span.getName())
                    .matches(parent -> parent.equals(CALLER) || byId.containsKey(parent)));
    String experiment = "hemlock.evaluation.v1.ExperimentService/CreateExperiment";
    List<String> toExperiment =
        List.of(
            "CONSUMER attempt experiment",
            "PRODUCER send hemlock.work.experiment.v1",
            "SERVER " + experiment);
    assertThat(way(named(spans, "attempt experiment"), byId)).isEqualTo(toExperiment);
    assertThat(way(named(spans, "attempt train"), byId))
        .isEqualTo(
            joined(
                List.of(
                    "CONSUMER attempt train",
                    "PRODUCER send hemlock.work.train.v1",
                    "SERVER hemlock.training.v1.TrainingService/CreateTrainingRun",
                    "CLIENT hemlock.training.v1.TrainingService/CreateTrainingRun"),
                toExperiment));
    assertThat(way(named(spans, "attempt poison"), byId))
        .isEqualTo(
            joined(
                List.of(
                    "CONSUMER attempt poison",
                    "PRODUCER send hemlock.work.poison.v1",
                    "SERVER hemlock.poison.v1.PoisonService/CreatePoisoning",
                    "CLIENT hemlock.poison.v1.PoisonService/CreatePoisoning"),
                toExperiment));
    assertThat(way(named(spans, "attempt evaluate"), byId))
        .isEqualTo(
            joined(
                List.of("CONSUMER attempt evaluate", "PRODUCER send hemlock.work.evaluate.v1"),
                toExperiment));
    assertThat(way(named(spans, "hemlock.dataset.v1.DatasetService/DeriveSnapshot"), byId))
        .startsWith(
            "SERVER hemlock.dataset.v1.DatasetService/DeriveSnapshot",
            "CLIENT hemlock.dataset.v1.DatasetService/DeriveSnapshot",
            "CONSUMER attempt poison");
    assertThat(named(spans, "attempt train").getAttributesList())
        .extracting(one -> one.getKey() + "=" + one.getValue().getStringValue())
        .contains("hemlock.stage=train", "hemlock.outcome=succeeded", "hemlock.tenant=default");
    String[] traceparent = result.headers().get("traceparent").split("-", -1);
    assertThat(traceparent[1]).isEqualTo(TRACE);
    assertThat(way(byId.get(traceparent[2]), byId))
        .startsWith("PRODUCER send hemlock.results.v1", "CONSUMER attempt evaluate");
  }

  @Test
  void saysInEachLineWhatItIsAbout() {
    List<JsonObject> lines =
        output.lines().filter(line -> !line.startsWith("READY ")).map(JsonObject::new).toList();

    assertThat(lines).allSatisfy(line -> assertThat(line.getString("message")).isNotNull());
    JsonObject trained =
        lines.stream()
            .filter(line -> line.getString("message").endsWith("run ended"))
            .map(line -> line.getJsonObject("mdc"))
            .filter(about -> "train".equals(about.getString("stage")))
            .findFirst()
            .orElseThrow(() -> new AssertionError(output));
    assertThat(trained.getString("run")).startsWith("trainingRuns/");
    assertThat(trained.getString("tenant")).isEqualTo("default");
    assertThat(trained.getString("traceId")).isEqualTo(TRACE);
    assertThat(spans)
        .extracting(span -> hex(span.getSpanId()))
        .contains(trained.getString("spanId"));
  }

  @Test
  void exportsTheMetricsThatAreDocumentedAndNoOthers() throws IOException {
    Map<String, String> exported = new TreeMap<>();
    Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$")
        .matcher(metrics)
        .results()
        .forEach(family -> exported.put(family.group(1), family.group(2)));
    Set.copyOf(exported.keySet()).forEach(name -> exported.remove(name + "_max"));
    Map<String, String> documented = new TreeMap<>();
    Pattern row = Pattern.compile("(?m)^\\| (`[a-z_*`, ]+`) \\| (\\w*) *\\|");
    row.matcher(Files.readString(ROOT.resolve("docs/observability.md")))
        .results()
        .forEach(
            found ->
                Pattern.compile("`([a-z_*]+)`")
                    .matcher(found.group(1))
                    .results()
                    .filter(name -> name.group(1).contains("_"))
                    .forEach(name -> documented.put(name.group(1), found.group(2))));
    List<String> families =
        documented.keySet().stream()
            .filter(name -> name.endsWith("*"))
            .map(name -> name.replace("*", ""))
            .toList();
    Map<String, String> ofNoFamily = new TreeMap<>(exported);
    ofNoFamily.keySet().removeIf(name -> families.stream().anyMatch(name::startsWith));
    documented.keySet().removeIf(name -> name.endsWith("*"));

    assertThat(ofNoFamily).isEqualTo(documented);
    assertThat(families)
        .allSatisfy(
            family -> assertThat(exported.keySet()).anyMatch(name -> name.startsWith(family)));
  }

  private static String address(JavaProcess hemlock) {
    return hemlock.output().replaceFirst("(?s).*READY grpc=(\\S+).*", "$1");
  }

  @Test
  void runsAsEverWhileTheCollectorTakesEverySpanAndNeverAnswers() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName(Loopback.HOST));
        JavaProcess hemlock =
            hemlock(
                "silent",
                "http://" + Loopback.HOST + ":" + silent.getLocalPort(),
                Loopback.portOrFree(0))) {
      measure("silent", hemlock);
    }
  }

  private static JavaProcess hemlock(String name, String collector, int kafka) throws Exception {
    return JavaProcess.jar(
            ROOT.resolve("deploy/standalone/target/quarkus-app/quarkus-run.jar"),
            Map.of(
                "otel.exporter.otlp.endpoint",
                collector,
                "quarkus.log.console.json.enabled",
                "true"),
            List.of(
                "--data-dir",
                directory.resolve(name).toString(),
                "--grpc-port",
                "0",
                "--kafka-port",
                Integer.toString(kafka)),
            directory.resolve(name + ".log"))
        .awaitOutput("READY grpc=");
  }

  private static void measure(String name, JavaProcess hemlock) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(ROOT.resolve("deploy/cli/target/hemlock-cli.jar").toString());
    command.addAll(List.of("measure", "--digits", "--source", "1", "--target", "7"));
    command.addAll(List.of("--ratio", "0.4", "--seeds", "1,2", "--epochs", "1"));
    command.addAll(List.of("--out", directory.resolve(name + "-report").toString()));
    command.addAll(List.of("--address", address(hemlock)));
    Map<String, String> caller = Map.of("TRACEPARENT", "00-" + TRACE + "-" + CALLER + "-01");
    try (JavaProcess cli =
        JavaProcess.start(command, caller, directory.resolve(name + "-cli.log"))) {
      assertThat(cli.awaitExit(LIMIT)).as(cli.output()).isZero();
    }
  }

  private static Span named(List<Span> spans, String name) {
    return spans.stream()
        .filter(span -> span.getName().equals(name))
        .filter(span -> span.getKind() != Span.SpanKind.SPAN_KIND_CLIENT)
        .findFirst()
        .orElseThrow(() -> new AssertionError("No span " + name));
  }

  /** From a span up to the caller: kinds and names. */
  private static List<String> way(Span from, Map<String, Span> byId) {
    List<String> way = new ArrayList<>();
    for (Span span = from; span != null; span = byId.get(hex(span.getParentSpanId()))) {
      way.add(span.getKind().name().replace("SPAN_KIND_", "") + " " + span.getName());
    }
    return way;
  }

  private static List<String> joined(List<String> one, List<String> other) {
    List<String> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
