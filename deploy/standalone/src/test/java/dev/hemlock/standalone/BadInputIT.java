package dev.hemlock.standalone;

import static dev.hemlock.standalone.HostileFiles.folder;
import static dev.hemlock.standalone.HostileFiles.gzip;
import static dev.hemlock.standalone.HostileFiles.jpegOf;
import static dev.hemlock.standalone.HostileFiles.png;
import static dev.hemlock.standalone.HostileFiles.pngOf;
import static dev.hemlock.standalone.HostileFiles.tar;
import static dev.hemlock.standalone.HostileFiles.tarOf;
import static dev.hemlock.standalone.HostileFiles.zip;
import static dev.hemlock.standalone.HostileFiles.zipWith;
import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.DATA_LOSS;
import static io.grpc.Status.Code.DEADLINE_EXCEEDED;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INTERNAL;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.OK;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.RESOURCE_EXHAUSTED;
import static io.grpc.Status.Code.UNIMPLEMENTED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TextFormat;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.security.Role;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.dataset.v1.ApproveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.BundledDataset;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.ListSnapshotsRequest;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesRequest;
import dev.hemlock.proto.dataset.v1.ValidateSnapshotRequest;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.CompareEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.CreateCertificationRequest;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.CreateEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DownloadDetectionRequest;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerRequest;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.ListExperimentsRequest;
import dev.hemlock.proto.evaluation.v1.WatchDetectionRequest;
import dev.hemlock.proto.evaluation.v1.WatchEvaluationRequest;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.ListWorkRequest;
import dev.hemlock.proto.run.v1.ListWorkResponse;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.run.v1.WorkServiceGrpc;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.DownloadModelRequest;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that must be refused, sent to a whole Hemlock over a socket: what is answered, that
 * nothing of them stays, and that the next request is served. {@code -Dhemlock.docs=write} writes
 * what was seen into docs/bad-input.md.
 */
class BadInputIT {
  private static final int CHUNK = 1 << 20;
  private static final String TENANT = "acme";
  private static final String NOTHING = "0123456789abcdef".repeat(4);

  private static final Map<String, String> SETTINGS =
      Map.of(
          "hemlock.limits.calls-per-caller", "4",
          "hemlock.limits.stream-idle", "3S",
          "hemlock.work.detect.concurrency", "0",
          "hemlock.work.detect.quota", "1",
          "hemlock.dataset.quota.stored-bytes", "300000",
          "hemlock.dataset.limits.source-bytes", "3145728",
          "hemlock.dataset.limits.unpacked-bytes", "41943040",
          "hemlock.dataset.limits.entries", "200",
          "hemlock.dataset.limits.image-file-bytes", "65536");

  /**
   * One line of the table.
   *
   * @param part of the message
   * @param run whether the request is accepted, and its run then fails
   */
  private record Row(
      String input,
      String rpc,
      Status.Code code,
      String part,
      boolean run,
      Callable<Status> call) {}

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static SecuredHemlock hemlock;
  private static RawCalls alice;
  private static String digits;
  private static Poisoning poisoning;
  private static TrainingRun training;
  private static Detection waiting;

  private final Map<String, List<Row>> sections = new LinkedHashMap<>();
  private List<Row> rows;

  @BeforeAll
  static void start() throws Exception {
    Path root = Files.createDirectories(directory.resolve("import/" + TENANT));
    Files.write(directory.resolve("outside.zip"), zip(folder(2, 8)));
    Files.createSymbolicLink(root.resolve("link.zip"), directory.resolve("outside.zip"));
    Map<String, String> settings = new LinkedHashMap<>(SETTINGS);
    settings.put(
        "hemlock.dataset.temp-dir",
        Files.createDirectories(directory.resolve("scratch")).toString());
    settings.put("hemlock.dataset.import-root", directory.resolve("import").toString());
    settings.put("hemlock.dataset.limits.decoded-bytes", "8388608");
    hemlock = new SecuredHemlock(directory.resolve("hemlock"), settings);
    alice = caller("alice", TENANT);
    prepare();
  }

  private static RawCalls caller(String subject, String tenant) {
    return new RawCalls(
        hemlock.channel(),
        hemlock
            .issuer()
            .token(
                subject,
                tenant,
                Role.VIEWER,
                Role.RUNNER,
                Role.RED_TEAM,
                Role.STEWARD,
                Role.ADMIN));
  }

  /** A snapshot, a poisoning, a model, and a detection that nobody works on. */
  private static void prepare() throws Exception {
    var datasets =
        SecuredHemlock.with(alice.token(), DatasetServiceGrpc.newBlockingStub(channel()));
    assertThat(importing(bundled()).getCode()).isEqualTo(OK);
    digits =
        datasets.listSnapshots(ListSnapshotsRequest.getDefaultInstance()).getSnapshots(0).getName();
    var poisonings =
        SecuredHemlock.with(alice.token(), PoisonServiceGrpc.newBlockingStub(channel()));
    poisoning = poisonings.createPoisoning(flips("count: 5").setRequestId("first").build());
    poisoning =
        last(
            poisonings.watchPoisoning(
                WatchPoisoningRequest.newBuilder().setName(poisoning.getName()).build()));
    var trainings =
        SecuredHemlock.with(alice.token(), TrainingServiceGrpc.newBlockingStub(channel()));
    training = trainings.createTrainingRun(recipe("epochs: 1"));
    training =
        last(
            trainings.watchTrainingRun(
                WatchTrainingRunRequest.newBuilder().setName(training.getName()).build()));
    assertThat(training.hasModel()).as(training.getStatus().toString()).isTrue();
    waiting =
        SecuredHemlock.with(alice.token(), DetectionServiceGrpc.newBlockingStub(channel()))
            .createDetection(detection(1));
  }

  private static io.grpc.Channel channel() {
    return hemlock.channel();
  }

  private static <T> T last(Iterator<T> states) {
    T last = states.next();
    while (states.hasNext()) {
      last = states.next();
    }
    return last;
  }

  @AfterAll
  static void stop() throws Exception {
    hemlock.close();
  }

  @Test
  void refusesWithASentenceLeavesNothingAndServesTheNext() throws Exception {
    // Given
    bytes();
    rules();
    names();
    archives();
    images();
    approvals();
    limits();
    models();

    // When
    List<String> wrong = new ArrayList<>();
    StringBuilder page = new StringBuilder();
    for (Map.Entry<String, List<Row>> section : sections.entrySet()) {
      page.append("\n## ").append(section.getKey()).append("\n\n");
      page.append("| Input | Status | Message |\n| --- | --- | --- |\n");
      for (Row row : section.getValue()) {
        page.append(line(row, wrong));
      }
    }

    // Then
    assertThat(wrong).isEmpty();
    assertThat(sections.values().stream().mapToInt(List::size).sum()).isGreaterThanOrEqualTo(60);
    BadInputPage.hold(BadInputIT.class, page.toString());
  }

  private static String line(Row row, List<String> wrong) throws Exception {
    TreeSet<String> before = residue(row);
    Status status;
    try {
      status = row.call().call();
    } catch (io.grpc.StatusRuntimeException e) {
      status = e.getStatus();
    }
    String message = String.valueOf(status.getDescription());
    if (status.getCode() != row.code() || !message.contains(row.part())) {
      wrong.add(row.input() + ": " + status);
    }
    if (message.contains("Exception") || message.contains("\tat ")) {
      wrong.add(row.input() + " tells of our code: " + message);
    }
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(20))
          .pollDelay(Duration.ZERO)
          .untilAsserted(() -> assertThat(residue(row)).isEqualTo(before));
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      wrong.add(row.input() + " leaves something behind: " + e.getMessage());
    }
    Status next = alice.send(good(row.rpc()), new byte[0]);
    if (next.getCode() != OK) {
      wrong.add("The request after " + row.input() + ": " + next);
    }
    return "| %s | %s`%s` | %s |\n"
        .formatted(
            row.input(), row.run() ? "state `FAILED`, " : "", status.getCode(), shown(message));
  }

  /** What is different at each run of the test goes. */
  private static String shown(String message) {
    return message
        .replace(digits.replaceFirst(".*:", ""), "…")
        .replaceAll("[0-9a-f]{64}", "…")
        .replace("|", "\\|")
        .replace("\n", " ");
  }

  /** A request that the same service answers. */
  private static String good(String rpc) {
    String service = rpc.substring(0, rpc.indexOf('/') + 1);
    return service
        + switch (service) {
          case "hemlock.poison.v1.PoisonService/" -> "ListPoisonings";
          case "hemlock.training.v1.TrainingService/" -> "ListTrainingRuns";
          case "hemlock.evaluation.v1.EvaluationService/" -> "ListEvaluations";
          case "hemlock.evaluation.v1.DetectionService/" -> "ListDetections";
          case "hemlock.evaluation.v1.CertificationService/" -> "ListCertifications";
          case "hemlock.evaluation.v1.ExperimentService/" -> "ListExperiments";
          case "hemlock.run.v1.WorkService/" -> "ListWork";
          case "grpc.health.v1.Health/" -> "Check";
          default -> "ListSnapshots";
        };
  }

  /** Stored keys, scratch files and open work. A run that was accepted leaves its ledger. */
  private static TreeSet<String> residue(Row row) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    Path store = hemlock.data().resolve("store/hemlock");
    try (Stream<Path> objects = Files.walk(store);
        Stream<Path> scratch = Files.list(directory.resolve("scratch"))) {
      objects
          .filter(Files::isRegularFile)
          .map(file -> store.relativize(file).toString())
          .filter(key -> !key.contains("/workers/") && !(row.run() && key.contains("/runs/")))
          .forEach(found::add);
      scratch.map(Path::toString).forEach(found::add);
    }
    ListWorkResponse work =
        SecuredHemlock.with(alice.token(), WorkServiceGrpc.newBlockingStub(channel()))
            .listWork(ListWorkRequest.getDefaultInstance());
    work.getStagesList()
        .forEach(stage -> found.add(stage.getStage() + " has " + stage.getBacklog() + " open"));
    return found;
  }

  // ---- the rows

  private void section(String title) {
    rows = new ArrayList<>();
    sections.put(title, rows);
  }

  private void raw(
      String input, MethodDescriptor<?, ?> rpc, Status.Code code, String part, byte[]... messages) {
    String name = rpc.getFullMethodName();
    rows.add(new Row(input, name, code, part, false, () -> alice.send(name, messages)));
  }

  private void row(
      String input,
      MethodDescriptor<?, ?> rpc,
      Status.Code code,
      String part,
      MessageOrBuilder... messages) {
    raw(
        input,
        rpc,
        code,
        part,
        Stream.of(messages).map(BadInputIT::encoded).toArray(byte[][]::new));
  }

  private static byte[] encoded(MessageOrBuilder message) {
    return (message instanceof Message.Builder builder ? builder.build() : (Message) message)
        .toByteArray();
  }

  private void upload(String input, Status.Code code, String part, byte[] archive) {
    raw(
        input,
        DatasetServiceGrpc.getImportDatasetMethod(),
        code,
        part,
        messages(uploadSpec("upload"), archive));
  }

  private void bytes() throws Exception {
    section("Bytes that are no request");
    raw(
        "A field cut short",
        DatasetServiceGrpc.getGetSnapshotMethod(),
        INVALID_ARGUMENT,
        "The message is no GetSnapshotRequest",
        new byte[] {0x0a, 100, 's'});
    raw(
        "Text that is not UTF-8",
        PoisonServiceGrpc.getGetPoisoningMethod(),
        INVALID_ARGUMENT,
        "invalid UTF-8",
        new byte[] {0x0a, 2, (byte) 0xc3, 0x28});
    byte[] deep = new byte[10_000];
    Arrays.fill(deep, (byte) 0x0b);
    raw(
        "Groups nested 10,000 deep",
        TrainingServiceGrpc.getCreateTrainingRunMethod(),
        INVALID_ARGUMENT,
        "too many levels of nesting",
        deep);
    raw(
        "A wire type that does not exist",
        EvaluationServiceGrpc.getGetEvaluationMethod(),
        INVALID_ARGUMENT,
        "invalid wire type",
        new byte[] {0x0f, 1});
    raw(
        "A negative length",
        ExperimentServiceGrpc.getGetExperimentMethod(),
        INVALID_ARGUMENT,
        "negative size",
        new byte[] {0x0a, -1, -1, -1, -1, 0x0f});
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) 0xff);
    raw(
        "A number without an end",
        DetectionServiceGrpc.getGetDetectionMethod(),
        INVALID_ARGUMENT,
        "malformed varint",
        endless);
    raw(
        "Text that is not UTF-8 within the spec",
        CertificationServiceGrpc.getCreateCertificationMethod(),
        INVALID_ARGUMENT,
        "invalid UTF-8",
        new byte[] {0x0a, 3, 0x0a, 1, (byte) 0xff});
    raw(
        "A field of number 0",
        WorkServiceGrpc.getListWorkMethod(),
        INVALID_ARGUMENT,
        "invalid tag (zero)",
        new byte[] {0, 0});
    raw(
        "A picture in the place of a request",
        PoisonServiceGrpc.getCreatePoisoningMethod(),
        INVALID_ARGUMENT,
        "The message is no CreatePoisoningRequest",
        png(8, 1));
    raw(
        "The same in the middle of an upload",
        DatasetServiceGrpc.getImportDatasetMethod(),
        INVALID_ARGUMENT,
        "The message is no ImportDatasetRequest",
        uploadSpec("upload").toByteArray(),
        png(8, 1));
    rows.add(
        new Row(
            "The same for a health check, which needs no token",
            "grpc.health.v1.Health/Check",
            INVALID_ARGUMENT,
            "The message is no HealthCheckRequest",
            false,
            () -> alice.send("grpc.health.v1.Health/Check", png(8, 1))));
    raw(
        "No message",
        ExperimentServiceGrpc.getListExperimentsMethod(),
        INTERNAL,
        "Half-closed without a request");
    raw(
        "A message of 5 MiB",
        TrainingServiceGrpc.getGetTrainingRunMethod(),
        RESOURCE_EXHAUSTED,
        "A message is larger than this server takes",
        new byte[5 << 20]);
    String get = TrainingServiceGrpc.getGetTrainingRunMethod().getFullMethodName();
    rows.add(
        new Row(
            "A message of 64 MiB, compressed to 64 KiB",
            get,
            RESOURCE_EXHAUSTED,
            "unpacks to more than 4194304 bytes",
            false,
            () -> alice.send(get, "gzip", new byte[64 << 20])));
    rows.add(odd("A compression that is not known", get, UNIMPLEMENTED, "odd"));
    rows.add(odd("A message that says it is gzip and is not", get, INTERNAL, "gzip"));
    rows.add(
        new Row(
            "A method that does not exist",
            "hemlock.dataset.v1.DatasetService/DropEverything",
            UNIMPLEMENTED,
            "Method not found",
            false,
            () -> alice.send("hemlock.dataset.v1.DatasetService/DropEverything", new byte[0])));
  }

  /** A message that isn't compressed, by a client that says it is. */
  private static Row odd(String input, String rpc, Status.Code code, String encoding)
      throws Exception {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(Codec.Identity.NONE);
    registry.register(
        new Compressor() {
          @Override
          public String getMessageEncoding() {
            return encoding;
          }

          @Override
          public OutputStream compress(OutputStream out) {
            return out;
          }
        });
    return new Row(
        input,
        rpc,
        code,
        "",
        false,
        () -> {
          ManagedChannel liar =
              Grpc.newChannelBuilder(hemlock.address(), hemlock.tls().build())
                  .compressorRegistry(registry)
                  .build();
          try {
            return new RawCalls(liar, alice.token()).send(rpc, encoding, new byte[100]);
          } finally {
            liar.shutdownNow();
          }
        });
  }

  private void rules() throws Exception {
    section("Field rules");
    MethodDescriptor<?, ?> poison = PoisonServiceGrpc.getCreatePoisoningMethod();
    MethodDescriptor<?, ?> train = TrainingServiceGrpc.getCreateTrainingRunMethod();
    MethodDescriptor<?, ?> experiment = ExperimentServiceGrpc.getCreateExperimentMethod();
    row(
        "No spec",
        poison,
        INVALID_ARGUMENT,
        "spec: value is required",
        CreatePoisoningRequest.getDefaultInstance());
    row(
        "Source class = target class",
        poison,
        INVALID_ARGUMENT,
        "source_class and target_class must differ",
        CreatePoisoningRequest.newBuilder()
            .setSpec(
                flips("count: 1").getSpec().toBuilder()
                    .setAttack(
                        text(
                            dev.hemlock.proto.poison.v1.Attack.newBuilder(),
                            "targeted_flip { source_class: '1' target_class: '1' }")))
            .build());
    row("Ratio 0", poison, INVALID_ARGUMENT, "greater than 0", flips("class_share: 0").build());
    row(
        "Ratio that is no number",
        poison,
        INVALID_ARGUMENT,
        "class_share",
        flips("class_share: nan").build());
    row(
        "Negative number of flips",
        poison,
        INVALID_ARGUMENT,
        "spec.budget.count",
        flips("count: -1").build());
    row(
        "10,001 flips listed in the request",
        poison,
        INVALID_ARGUMENT,
        "10000",
        CreatePoisoningRequest.newBuilder()
            .setSpec(
                flips("count: 1").getSpec().toBuilder()
                    .clearBudget()
                    .setAttack(
                        text(
                            dev.hemlock.proto.poison.v1.Attack.newBuilder(),
                            "explicit_flips {"
                                + " flips { sample_id: 1 to_class: '7' }".repeat(10_001)
                                + "}")))
            .build());
    row(
        "Architecture that does not exist",
        train,
        INVALID_ARGUMENT,
        "must be one of ARCHITECTURE_RESNET18",
        CreateTrainingRunRequest.newBuilder()
            .setSpec(
                recipe("").getSpec().toBuilder()
                    .setRecipe(
                        recipe("").getSpec().getRecipe().toBuilder().setArchitectureValue(99)))
            .build());
    row("10,001 epochs", train, INVALID_ARGUMENT, "epochs", recipe("epochs: 10001"));
    row(
        "Infinite learning rate",
        train,
        INVALID_ARGUMENT,
        "learning_rate",
        recipe("adam { learning_rate: inf }"));
    row(
        "Request id of 129 characters",
        train,
        INVALID_ARGUMENT,
        "request_id",
        recipe("").toBuilder().setRequestId("x".repeat(129)).build());
    row(
        "Admission bypassed by `false`",
        train,
        INVALID_ARGUMENT,
        "spec.red_team: must equal true",
        recipe("").toBuilder().setSpec(recipe("").getSpec().toBuilder().setRedTeam(false)).build());
    row("Duplicate seeds", experiment, INVALID_ARGUMENT, "unique", experiment("seeds: 1 seeds: 1"));
    row(
        "1,001 seeds",
        experiment,
        INVALID_ARGUMENT,
        "1000",
        experiment(
            IntStream.range(0, 1001)
                .mapToObj(seed -> "seeds: " + seed)
                .collect(Collectors.joining(" "))));
    row(
        "Label that leads out of a folder",
        experiment,
        INVALID_ARGUMENT,
        "recipes[0].label",
        experiment(
            "seeds: 1 recipes { label: '../x' recipe { architecture: ARCHITECTURE_FAST } }"));
    row(
        "Ensemble of 100,000 models",
        CertificationServiceGrpc.getCreateCertificationMethod(),
        INVALID_ARGUMENT,
        "partitions times spread",
        text(
            CreateCertificationRequest.newBuilder(),
            ("spec { snapshot: '%s' recipe { architecture: ARCHITECTURE_FAST }"
                    + " partitions: 1000 spread: 100 }")
                .formatted(digits)));
    row(
        "Chunk above 1 MiB",
        DatasetServiceGrpc.getImportDatasetMethod(),
        INVALID_ARGUMENT,
        "chunk: must be at most 1048576 bytes",
        uploadSpec("upload"),
        ImportDatasetRequest.newBuilder()
            .setChunk(ByteString.copyFrom(new byte[CHUNK + 1]))
            .build());
    row(
        "File name of 256 characters",
        DatasetServiceGrpc.getImportDatasetMethod(),
        INVALID_ARGUMENT,
        "spec.upload",
        uploadSpec("x".repeat(256)));
    row(
        "Page of 1,001",
        ExperimentServiceGrpc.getListExperimentsMethod(),
        INVALID_ARGUMENT,
        "page_size",
        ListExperimentsRequest.newBuilder().setPageSize(1001).build());
    row(
        "Statistic that is no number",
        DetectionServiceGrpc.getEstimateDetectionPowerMethod(),
        INVALID_ARGUMENT,
        "results[0].statistic",
        text(
            EstimateDetectionPowerRequest.newBuilder(),
            "results { check: 'x' flip_count: 0 statistic: nan }"));
  }

  private void names() throws Exception {
    section("Names, pages, request ids, and specs that do not fit the data");
    MethodDescriptor<?, ?> get = DatasetServiceGrpc.getGetSnapshotMethod();
    row(
        "Malformed name",
        get,
        INVALID_ARGUMENT,
        "must be snapshots/sha256: followed by",
        GetSnapshotRequest.newBuilder().setName("snapshots/../../etc/passwd").build());
    row(
        "Unknown snapshot",
        get,
        NOT_FOUND,
        "There is no snapshot",
        GetSnapshotRequest.newBuilder().setName("snapshots/sha256:" + NOTHING).build());
    row(
        "Name of another kind",
        TrainingServiceGrpc.getGetTrainingRunMethod(),
        INVALID_ARGUMENT,
        "must be trainingRuns/",
        GetTrainingRunRequest.newBuilder().setName(poisoning.getName()).build());
    row(
        "Unknown run",
        TrainingServiceGrpc.getGetTrainingRunMethod(),
        NOT_FOUND,
        "List trainingRuns to see the names",
        GetTrainingRunRequest.newBuilder().setName("trainingRuns/" + NOTHING).build());
    row(
        "Page token of no page",
        DatasetServiceGrpc.getListSnapshotsMethod(),
        INVALID_ARGUMENT,
        "The page token is not one of this list",
        ListSnapshotsRequest.newBuilder().setPageToken("../acme/runs").build());
    row(
        "Page token of no page, of flips",
        PoisonServiceGrpc.getListFlipsMethod(),
        INVALID_ARGUMENT,
        "page token",
        ListFlipsRequest.newBuilder().setParent(poisoning.getName()).setPageToken("-1").build());
    row(
        "Request id that was used for another spec",
        PoisonServiceGrpc.getCreatePoisoningMethod(),
        ALREADY_EXISTS,
        "The request id first was used for another spec",
        flips("count: 6").setRequestId("first").build());
    row(
        "Unknown class",
        PoisonServiceGrpc.getCreatePoisoningMethod(),
        INVALID_ARGUMENT,
        "has no class 'dog'",
        CreatePoisoningRequest.newBuilder()
            .setSpec(
                flips("count: 1").getSpec().toBuilder()
                    .setAttack(
                        text(
                            dev.hemlock.proto.poison.v1.Attack.newBuilder(),
                            "targeted_flip { source_class: '1' target_class: 'dog' }")))
            .build());
    row(
        "Ratio that flips no sample",
        PoisonServiceGrpc.getCreatePoisoningMethod(),
        INVALID_ARGUMENT,
        "the smallest ratio that flips any",
        flips("class_share: 0.0001").build());
    row(
        "More flips than there are samples",
        PoisonServiceGrpc.getCreatePoisoningMethod(),
        INVALID_ARGUMENT,
        "",
        flips("count: 100000").build());
    row(
        "Unknown split",
        TrainingServiceGrpc.getCreateTrainingRunMethod(),
        INVALID_ARGUMENT,
        "has no split 'val'",
        recipe("").toBuilder().setSpec(recipe("").getSpec().toBuilder().setSplit("val")).build());
    row(
        "Crop as wide as the images",
        TrainingServiceGrpc.getCreateTrainingRunMethod(),
        INVALID_ARGUMENT,
        "choose less than 8",
        recipe("augmentation { crop_padding: 16 }"));
    row(
        "Model of a run that does not exist",
        EvaluationServiceGrpc.getCreateEvaluationMethod(),
        NOT_FOUND,
        "There is no trainingRuns/",
        CreateEvaluationRequest.newBuilder()
            .setSpec(evaluation().toBuilder().setTrainingRun("trainingRuns/" + NOTHING))
            .build());
    row(
        "Comparison of evaluations that do not exist",
        EvaluationServiceGrpc.getCompareEvaluationsMethod(),
        NOT_FOUND,
        "There is no evaluations/",
        text(
            CompareEvaluationsRequest.newBuilder(),
            "clean: 'evaluations/%1$s' poisoned: 'evaluations/%1$s' source_class: '1' target_class: '7'"
                .formatted(NOTHING)));
    row(
        "Predictions from outside that leave samples out",
        EvaluationServiceGrpc.getJudgePredictionsMethod(),
        INVALID_ARGUMENT,
        "has no prediction",
        text(
            JudgePredictionsRequest.newBuilder(),
            "snapshot: '%s' source_class: '1' target_class: '7' sample_ids: 0 pairs { clean: 1 poisoned: 1 }"
                .formatted(digits)));
    row(
        "Result of a run that has not ended",
        DetectionServiceGrpc.getDownloadDetectionMethod(),
        FAILED_PRECONDITION,
        "is QUEUED and has judged no labels",
        text(DownloadDetectionRequest.newBuilder(), "name: '%s'".formatted(waiting.getName())));
    row(
        "Samples that do not exist",
        DatasetServiceGrpc.getStreamSampleImagesMethod(),
        INVALID_ARGUMENT,
        "",
        StreamSampleImagesRequest.newBuilder().setName(digits).addSampleIds(999_999).build());
    row(
        "Labels that are not stored",
        DatasetServiceGrpc.getDeriveSnapshotMethod(),
        NOT_FOUND,
        "",
        text(
            DeriveSnapshotRequest.newBuilder(),
            "parent: '%s' relabel { split: 'train' label_digest: 'sha256:%s' }"
                .formatted(digits, NOTHING)));
    row(
        "Image data in the place of labels",
        DatasetServiceGrpc.getDeriveSnapshotMethod(),
        INVALID_ARGUMENT,
        "",
        text(
            DeriveSnapshotRequest.newBuilder(),
            "parent: '%s' relabel { split: 'train' label_digest: '%s' }"
                .formatted(digits, training.getModel().getWeightsDigest())));
    row(
        "Two rules for one check",
        DatasetServiceGrpc.getValidateSnapshotMethod(),
        INVALID_ARGUMENT,
        "two rules for CHECK_LEAKAGE",
        text(
            ValidateSnapshotRequest.newBuilder(),
            ("snapshot: '%s' policy {"
                    + " rules { check: CHECK_LEAKAGE action: VALIDATION_ACTION_ADMIT }".repeat(2)
                    + " }")
                .formatted(digits)));
  }

  private void archives() throws Exception {
    section("Archives");
    MethodDescriptor<?, ?> rpc = DatasetServiceGrpc.getImportDatasetMethod();
    byte[] good = zip(folder(2, 8));
    row("Chunk before the spec", rpc, INVALID_ARGUMENT, "must carry the spec", chunk(good));
    row(
        "Spec sent twice",
        rpc,
        INVALID_ARGUMENT,
        "Only the first message",
        uploadSpec("a"),
        uploadSpec("b"));
    row("Empty stream", rpc, INVALID_ARGUMENT, "The import stream is empty");
    row("Empty upload", rpc, INVALID_ARGUMENT, "The upload is empty", uploadSpec("upload"));
    upload("Neither tar, tar.gz nor zip", INVALID_ARGUMENT, "is no tar", "hello".getBytes(UTF_8));
    upload(
        "Truncated zip",
        INVALID_ARGUMENT,
        "truncated or damaged",
        Arrays.copyOf(good, good.length / 2));
    byte[] packed = gzip(tar(folder(2, 8)));
    upload(
        "Truncated tar.gz",
        INVALID_ARGUMENT,
        "truncated or damaged",
        Arrays.copyOf(packed, packed.length / 2));
    byte[] flipped = packed.clone();
    flipped[flipped.length - 6] ^= 1;
    upload("Wrong checksum", INVALID_ARGUMENT, "damaged", flipped);
    upload("Path that leads out", INVALID_ARGUMENT, "leads out", zipWith("../evil.png", png(8, 9)));
    upload("Absolute path", INVALID_ARGUMENT, "is absolute", tarOf("/etc/evil.png", '0', "", 10));
    upload("Symbolic link", INVALID_ARGUMENT, "is a link", tarOf("l.png", '2', "/etc/passwd", 0));
    upload("Hard link", INVALID_ARGUMENT, "is a link", tarOf("l.png", '1', "other.png", 0));
    upload("Device", INVALID_ARGUMENT, "special file", tarOf("l.png", '3', "", 0));
    upload("Extended header of 200,000 bytes", INVALID_ARGUMENT, "", tarOf("x", 'x', "", 200_000));
    upload("Same entry twice", INVALID_ARGUMENT, "is there twice", HostileFiles.zipWithTwins());
    upload(
        "Zip bomb",
        RESOURCE_EXHAUSTED,
        "as a zip bomb does",
        zipWith("zeros", new byte[30_000_000]));
    upload(
        "Tar.gz bomb",
        RESOURCE_EXHAUSTED,
        "as a zip bomb does",
        gzip(tar(Map.of("zeros", new byte[30_000_000]))));
    Map<String, byte[]> large = new LinkedHashMap<>();
    large.put("zeros", new byte[45_000_000]);
    large.put("noise", noise(300_000));
    upload("Unpacks to too much", RESOURCE_EXHAUSTED, "limits.unpacked-bytes", zip(large));
    Map<String, byte[]> many = new LinkedHashMap<>();
    IntStream.range(0, 201).forEach(i -> many.put("train/cat/" + i, new byte[0]));
    upload("Too many entries", RESOURCE_EXHAUSTED, "limits.entries", zip(many));
    upload("Too large", RESOURCE_EXHAUSTED, "limits.source-bytes", new byte[4 << 20]);
    row(
        "Wrong `expected_sha256`",
        rpc,
        INVALID_ARGUMENT,
        "not the expected",
        uploadSpec("upload").toBuilder()
            .setSpec(uploadSpec("upload").getSpec().toBuilder().setExpectedSha256(NOTHING))
            .build(),
        chunk(good));
    for (String path : List.of("../outside.zip", "link.zip", "/etc/passwd")) {
      row(
          "Import of the path `" + path + "`" + (path.startsWith("link") ? ", a link out" : ""),
          rpc,
          INVALID_ARGUMENT,
          "leads out of the import root",
          path(path));
    }
    row(
        "Import of a path of nothing",
        rpc,
        NOT_FOUND,
        "under the import root",
        path("nothing.zip"));
  }

  private void images() {
    section("Images and labels");
    upload(
        "PNG that promises 100,000 × 100,000 pixels",
        RESOURCE_EXHAUSTED,
        "limits.image-pixels",
        zipWith("train/cat/h.png", pngOf(100_000, 100_000)));
    upload(
        "JPEG that promises 65,535 × 65,535 pixels",
        RESOURCE_EXHAUSTED,
        "limits.image-pixels",
        zipWith("train/cat/h.jpg", jpegOf(65_535, 65_535)));
    upload("PNG without pixels", INVALID_ARGUMENT, "", zipWith("train/cat/h.png", pngOf(0, 0)));
    upload(
        "Truncated PNG",
        INVALID_ARGUMENT,
        "train/cat/h.png",
        zipWith("train/cat/h.png", Arrays.copyOf(png(8, 1), 60)));
    upload(
        "Image file too large",
        RESOURCE_EXHAUSTED,
        "limits.image-file-bytes",
        zipWith("train/cat/h.png", Arrays.copyOf(png(8, 1), 70_000)));
    upload(
        "Pickle among the images",
        INVALID_ARGUMENT,
        "is neither JPEG nor PNG",
        zipWith("train/cat/model.pkl", HostileFiles.pickle()));
    upload(
        "Unequal sizes without a resize",
        INVALID_ARGUMENT,
        "have different sizes",
        zipWith("train/cat/u.png", png(9, 1)));
    upload(
        "Image elsewhere than the others",
        INVALID_ARGUMENT,
        "does not lie where the others do",
        zipWith("train/cat/old/u.png", png(8, 1)));
    upload(
        "Class missing from a split",
        INVALID_ARGUMENT,
        "has no images in the split",
        zipWith("train/bird/u.png", png(8, 1)));
    Map<String, byte[]> one = folder(2, 8);
    one.keySet().removeIf(name -> name.contains("dog"));
    upload("One class only", INVALID_ARGUMENT, "needs 2 to 65536", zip(one));
    upload("No files", INVALID_ARGUMENT, "", zip(Map.of("empty/", new byte[0])));
    Map<String, byte[]> wide = new LinkedHashMap<>();
    folder(1, 8).keySet().forEach(name -> wide.put(name, flat()));
    upload("Decodes to too much", RESOURCE_EXHAUSTED, "limits.decoded-bytes", zip(wide));
    upload(
        "CIFAR batch that is cut",
        INVALID_ARGUMENT,
        "whole records of 3073 bytes",
        zip(
            Map.of(
                "data_batch_1.bin", new byte[3000],
                "test_batch.bin", new byte[3073],
                "batches.meta.txt", "a\nb\n".getBytes(UTF_8))));
    upload(
        "IDX file that promises more than it holds",
        INVALID_ARGUMENT,
        "truncated",
        HostileFiles.idx(0x803, 5, 8, 8));
    upload(
        "IDX file of 2,147,483,647 images",
        INVALID_ARGUMENT,
        "",
        HostileFiles.idx(0x803, Integer.MAX_VALUE, 8, 8));
    upload("IDX file of a negative size", INVALID_ARGUMENT, "", HostileFiles.idx(0x803, 4, -8, 8));
    upload("IDX file of another kind", INVALID_ARGUMENT, "", HostileFiles.idx(0x1234, 4, 8, 8));
  }

  private void approvals() {
    section("Approvals");
    MethodDescriptor<?, ?> rpc = DatasetServiceGrpc.getApproveSnapshotMethod();
    row(
        "Something else than an approval",
        rpc,
        INVALID_ARGUMENT,
        "no DSSE envelope",
        approval("x"));
    row(
        "JSON nested 100,000 deep",
        rpc,
        INVALID_ARGUMENT,
        "no DSSE envelope",
        approval("[".repeat(100_000)));
    row(
        "Any approval on a server without keys",
        rpc,
        PERMISSION_DENIED,
        "authorises no key",
        approval(
            "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\","
                + "\"signatures\":[{\"keyid\":\"\",\"sig\":\"AAAA\"}]}"));
  }

  private void limits() {
    section("Limits and quotas");
    String get = DatasetServiceGrpc.getGetSnapshotMethod().getFullMethodName();
    rows.add(
        new Row(
            "More calls at a time than a caller may have open",
            get,
            RESOURCE_EXHAUSTED,
            "bob of acme has 4 calls open here",
            false,
            BadInputIT::callTooOften));
    rows.add(
        new Row(
            "Upload that stands still",
            DatasetServiceGrpc.getImportDatasetMethod().getFullMethodName(),
            DEADLINE_EXCEEDED,
            "The client sent nothing for 3 s",
            false,
            () ->
                alice
                    .open(
                        DatasetServiceGrpc.getImportDatasetMethod().getFullMethodName(),
                        "identity",
                        uploadSpec("upload").toByteArray(),
                        chunk(noise(1000)).toByteArray())
                    .status()));
    rows.add(
        new Row(
            "Request that is never complete",
            get,
            DEADLINE_EXCEEDED,
            "The client sent nothing for 3 s",
            false,
            () -> alice.open(get, "identity").status()));
    String detect = DetectionServiceGrpc.getCreateDetectionMethod().getFullMethodName();
    rows.add(
        new Row(
            "One run more than the tenant may have open",
            detect,
            RESOURCE_EXHAUSTED,
            "The tenant acme has 1 detections that wait or run, and hemlock.work.detect.quota allows 1",
            false,
            () -> {
              Status refused = alice.send(detect, detection(2).toByteArray());
              assertThat(alice.send(detect, detection(1).toByteArray()).getCode()).isEqualTo(OK);
              return refused;
            }));
    upload(
        "More bytes than the tenant may store",
        RESOURCE_EXHAUSTED,
        "hemlock.dataset.quota.stored-bytes allows 300000",
        zip(folder(30, 64)));
  }

  /** Watches a run that nobody works on as often as is allowed, and asks for something else. */
  private static Status callTooOften() {
    RawCalls bob = caller("bob", TENANT);
    byte[] watch =
        WatchDetectionRequest.newBuilder().setName(waiting.getName()).build().toByteArray();
    String rpc = DetectionServiceGrpc.getWatchDetectionMethod().getFullMethodName();
    byte[] get = GetSnapshotRequest.newBuilder().setName(digits).build().toByteArray();
    String other = DatasetServiceGrpc.getGetSnapshotMethod().getFullMethodName();
    List<RawCalls.Open> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      RawCalls.Open call = bob.open(rpc, "identity", watch);
      call.halfClose();
      open.add(call);
    }
    open.forEach(RawCalls.Open::answer);
    Status refused = bob.send(other, get);
    open.forEach(RawCalls.Open::cancel);
    Awaitility.await().until(() -> bob.send(other, get).isOk());
    return refused;
  }

  /** Weights in the store that are no weights, under their own right digests. */
  private void models() throws Exception {
    section("Models in the store that are none");
    String weights = training.getModel().getWeightsDigest();
    Path result = stored("runs/" + training.getName() + "/stages/train/result");
    String known = Files.readString(result);
    byte[] good = Files.readAllBytes(blob(weights));
    model("A pickle", "its header length", HostileFiles.pickle(), known, result);
    model("A TorchScript archive", "its header length", HostileFiles.torchScript(), known, result);
    model(
        "Safetensors with a header of 1 GiB",
        "its header length 1073741824 is impossible",
        HostileFiles.safetensors(1 << 30, "{}"),
        known,
        result);
    model(
        "Safetensors whose header is no JSON",
        "not the JSON it should be",
        HostileFiles.safetensors(8, "[[[[[[[["),
        known,
        result);
    model(
        "Safetensors with a tensor that reaches beyond the file",
        "do not fit its shape or the file",
        HostileFiles.safetensors(
            62, "{\"x\":{\"dtype\":\"F32\",\"shape\":[1000],\"data_offsets\":[0,4000]}}   "),
        known,
        result);
    model(
        "Safetensors without the tensors of the network",
        "need a tensor",
        HostileFiles.safetensors(8, "{}      "),
        known,
        result);
    model("Truncated weights", "", Arrays.copyOf(good, good.length / 2), known, result);
    rows.add(
        failing(
            "Weights of which one bit has changed",
            "do not match this digest",
            () -> {
              byte[] damaged = good.clone();
              damaged[damaged.length - 1] ^= 1;
              return new Forged(List.of(Map.entry(blob(weights), damaged)));
            }));
    String download = TrainingServiceGrpc.getDownloadModelMethod().getFullMethodName();
    rows.add(
        new Row(
            "The same, downloaded",
            download,
            DATA_LOSS,
            "do not match this digest",
            false,
            () -> {
              byte[] damaged = good.clone();
              damaged[damaged.length - 1] ^= 1;
              try (Forged forged = new Forged(List.of(Map.entry(blob(weights), damaged)))) {
                return alice.send(
                    download,
                    text(
                            DownloadModelRequest.newBuilder(),
                            "name: '%s' file: MODEL_FILE_WEIGHTS".formatted(training.getName()))
                        .build()
                        .toByteArray());
              }
            }));
  }

  private void model(String input, String part, byte[] forged, String known, Path result)
      throws IOException {
    Digest digest = Digest.of(forged);
    String claim = known.replace(training.getModel().getWeightsDigest(), digest.toString());
    assertThat(claim).isNotEqualTo(known);
    rows.add(
        failing(
            input,
            part,
            () ->
                new Forged(
                    List.of(
                        Map.entry(blob(digest.toString()), forged),
                        Map.entry(result, claim.getBytes(UTF_8))))));
  }

  private static Row failing(String input, String part, Callable<Forged> forgery) {
    return new Row(
        input,
        EvaluationServiceGrpc.getCreateEvaluationMethod().getFullMethodName(),
        DATA_LOSS,
        part,
        true,
        () -> {
          try (Forged forged = forgery.call()) {
            return evaluate();
          }
        });
  }

  /** How an evaluation of the model ends. */
  private static Status evaluate() {
    var evaluations =
        SecuredHemlock.with(alice.token(), EvaluationServiceGrpc.newBlockingStub(channel()));
    Evaluation asked =
        evaluations.createEvaluation(
            CreateEvaluationRequest.newBuilder().setSpec(evaluation()).build());
    RunStatus end =
        last(evaluations.watchEvaluation(
                WatchEvaluationRequest.newBuilder().setName(asked.getName()).build()))
            .getStatus();
    return GrpcErrors.toStatusException(GrpcErrors.fromStatus(end.getError())).getStatus();
  }

  /** Objects in the store that are others for a while; the right ones lie aside meanwhile. */
  private static final class Forged implements AutoCloseable {
    private final Map<Path, Path> aside = new LinkedHashMap<>();

    Forged(List<Map.Entry<Path, byte[]>> objects) throws IOException {
      for (Map.Entry<Path, byte[]> object : objects) {
        Path file = object.getKey();
        Path right = directory.resolve("aside-" + aside.size());
        aside.put(file, right);
        if (Files.exists(file)) {
          Files.move(file, right);
        }
        Files.createDirectories(file.getParent());
        Files.write(file, object.getValue());
      }
    }

    @Override
    public void close() throws IOException {
      for (Map.Entry<Path, Path> object : aside.entrySet()) {
        Files.delete(object.getKey());
        if (Files.exists(object.getValue())) {
          Files.move(object.getValue(), object.getKey());
        }
      }
    }
  }

  // ---- what is sent

  private static Path stored(String key) {
    return hemlock.data().resolve("store/hemlock/" + TENANT).resolve(key);
  }

  private static Path blob(String digest) {
    String hex = digest.replace("sha256:", "");
    return stored("blobs/sha256/" + hex.substring(0, 2) + "/" + hex);
  }

  private static ImportDatasetRequest bundled() {
    return ImportDatasetRequest.newBuilder()
        .setSpec(ImportSpec.newBuilder().setBundled(BundledDataset.BUNDLED_DATASET_DIGITS))
        .build();
  }

  private static ImportDatasetRequest uploadSpec(String name) {
    return ImportDatasetRequest.newBuilder()
        .setSpec(ImportSpec.newBuilder().setUpload(name))
        .build();
  }

  private static ImportDatasetRequest path(String path) {
    return ImportDatasetRequest.newBuilder().setSpec(ImportSpec.newBuilder().setPath(path)).build();
  }

  private static ImportDatasetRequest chunk(byte[] bytes) {
    return ImportDatasetRequest.newBuilder().setChunk(ByteString.copyFrom(bytes)).build();
  }

  private static Status importing(ImportDatasetRequest spec) {
    return alice.send(
        DatasetServiceGrpc.getImportDatasetMethod().getFullMethodName(), spec.toByteArray());
  }

  private static byte[][] messages(ImportDatasetRequest spec, byte[] archive) {
    Stream<byte[]> chunks =
        IntStream.range(0, (archive.length + CHUNK - 1) / CHUNK)
            .mapToObj(
                i ->
                    Arrays.copyOfRange(
                        archive, i * CHUNK, Math.min(archive.length, (i + 1) * CHUNK)))
            .map(bytes -> chunk(bytes).toByteArray());
    return Stream.concat(Stream.of(spec.toByteArray()), chunks).toArray(byte[][]::new);
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new java.util.Random(1).nextBytes(bytes);
    return bytes;
  }

  /** 1024 × 1024 black pixels in a few kilobytes. */
  private static byte[] flat() {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    try {
      javax.imageio.ImageIO.write(
          new java.awt.image.BufferedImage(1024, 1024, java.awt.image.BufferedImage.TYPE_3BYTE_BGR),
          "png",
          out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static CreatePoisoningRequest.Builder flips(String budget) throws Exception {
    return text(
        CreatePoisoningRequest.newBuilder(),
        ("spec { snapshot: '%s' seed: 1 budget { %s }"
                + " attack { targeted_flip { source_class: '1' target_class: '7' } } }")
            .formatted(digits, budget));
  }

  private static CreateTrainingRunRequest recipe(String recipe) throws Exception {
    String architecture =
        recipe.contains("architecture") ? "" : "architecture: ARCHITECTURE_SMALLCNN ";
    return text(
            CreateTrainingRunRequest.newBuilder(),
            "spec { snapshot: '%s' split: 'train' recipe { %s%s } }"
                .formatted(digits, architecture, recipe))
        .build();
  }

  private static CreateExperimentRequest experiment(String more) throws Exception {
    String recipes =
        more.contains("recipes") ? "" : "recipes { recipe { architecture: ARCHITECTURE_FAST } } ";
    return text(
            CreateExperimentRequest.newBuilder(),
            "spec { snapshot: '%s' source_class: '1' target_class: '7' budgets { count: 5 } %s%s }"
                .formatted(digits, recipes, more))
        .build();
  }

  private static CreateDetectionRequest detection(int seed) throws Exception {
    return text(
            CreateDetectionRequest.newBuilder(),
            "spec { snapshot: '%s' split: 'train' random_filter { share: 0.1 } seed: %d }"
                .formatted(digits, seed))
        .build();
  }

  private static EvaluationSpec evaluation() {
    return EvaluationSpec.newBuilder()
        .setTrainingRun(training.getName())
        .setSnapshot(digits)
        .setSplit("test")
        .build();
  }

  private static ApproveSnapshotRequest approval(String envelope) {
    return ApproveSnapshotRequest.newBuilder().setEnvelope(envelope).build();
  }

  /** A message from its text format. */
  private static <B extends Message.Builder> B text(B builder, String text)
      throws TextFormat.ParseException {
    TextFormat.merge(text, builder);
    return builder;
  }
}
