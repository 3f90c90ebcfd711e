package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import build.buf.validate.ValidateProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.hemlock.common.events.KafkaSettings;
import dev.hemlock.common.events.TopicReader;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.security.Role;
import dev.hemlock.proto.dataset.v1.BundledDataset;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc.DatasetServiceBlockingStub;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.DiffLabelsRequest;
import dev.hemlock.proto.dataset.v1.GetProvenanceRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.ListSnapshotsRequest;
import dev.hemlock.proto.dataset.v1.Relabel;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.CancelCertificationRequest;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc.CertificationServiceBlockingStub;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.CreateCertificationRequest;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc.DetectionServiceBlockingStub;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc;
import dev.hemlock.proto.evaluation.v1.ListDetectionsRequest;
import dev.hemlock.proto.evaluation.v1.ListEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.ListExperimentsRequest;
import dev.hemlock.proto.evaluation.v1.RandomFilter;
import dev.hemlock.proto.evaluation.v1.WatchDetectionRequest;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.ExportLabelsRequest;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.ListPoisoningsRequest;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc.PoisonServiceBlockingStub;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.run.v1.ListWorkRequest;
import dev.hemlock.proto.run.v1.WorkServiceGrpc;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tenants of one Hemlock: one with a whole experiment, one with nothing, what it learns of the first,
 * and one with equal data.
 */
class TenantsIT {
  private static final String ACME = "acme";
  private static final String UMBRA = "umbra";
  private static final String GLOBEX = "globex";
  private static final Role[] EVERY_PERSON = {
    Role.VIEWER, Role.RUNNER, Role.RED_TEAM, Role.STEWARD, Role.ADMIN
  };
  private static final Pattern KIND =
      Pattern.compile("\\^?\\(?(\\w+)/(sha256:)?\\[0-9a-f]\\{64}\\)?.*");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static SecuredHemlock hemlock;
  private static final Map<String, String> NAMES = new TreeMap<>();
  private static Poisoning poisoning;
  private static TrainingRun training;

  @BeforeAll
  static void measureAsOneOfThem() throws Exception {
    hemlock =
        new SecuredHemlock(
            directory.resolve("hemlock"), Map.of("hemlock.tls.client-certificates", "required"));
    channel =
        hemlock.channel(
            hemlock
                .tls()
                .keyManager(
                    hemlock.client().certificate().toFile(), hemlock.client().key().toFile())
                .build());
    Path token =
        hemlock.issuer().save(directory.resolve("acme.token"), "alice", ACME, EVERY_PERSON);
    List<String> measure =
        List.of(
            "measure",
            "--digits",
            "--source",
            "1",
            "--target",
            "7",
            "--ratio",
            "0.4",
            "--seeds",
            "1,2",
            "--epochs",
            "1",
            "--out",
            directory.resolve("out").toString());
    try (JavaProcess cli = hemlock.cli("measure", token, measure)) {
      assertThat(cli.awaitExit(Duration.ofMinutes(4))).as(cli.output()).isZero();
    }
    poisoning =
        as(ACME, PoisonServiceGrpc.newBlockingStub(channel))
            .listPoisonings(ListPoisoningsRequest.getDefaultInstance())
            .getPoisonings(0);
    training =
        as(ACME, TrainingServiceGrpc.newBlockingStub(channel))
            .listTrainingRuns(ListTrainingRunsRequest.getDefaultInstance())
            .getTrainingRuns(0);
    NAMES.put("snapshots", poisoning.getPoisonedSnapshot());
    NAMES.put("poisonings", poisoning.getName());
    NAMES.put("trainingRuns", training.getName());
    NAMES.put(
        "evaluations",
        as(ACME, EvaluationServiceGrpc.newBlockingStub(channel))
            .listEvaluations(ListEvaluationsRequest.getDefaultInstance())
            .getEvaluations(0)
            .getName());
    NAMES.put(
        "experiments",
        as(ACME, ExperimentServiceGrpc.newBlockingStub(channel))
            .listExperiments(ListExperimentsRequest.getDefaultInstance())
            .getExperiments(0)
            .getName());
    NAMES.put("detections", detect().getName());
    NAMES.put("certifications", certify().getName());
  }

  private static io.grpc.ManagedChannel channel;

  private static Detection detect() {
    DetectionServiceBlockingStub detections =
        as(ACME, DetectionServiceGrpc.newBlockingStub(channel));
    Detection asked =
        detections.createDetection(
            CreateDetectionRequest.newBuilder()
                .setSpec(
                    DetectionSpec.newBuilder()
                        .setSnapshot(poisoning.getPoisonedSnapshot())
                        .setSplit("train")
                        .setRandomFilter(RandomFilter.newBuilder().setShare(0.1))
                        .setSeed(1))
                .build());
    detections
        .watchDetection(WatchDetectionRequest.newBuilder().setName(asked.getName()).build())
        .forEachRemaining(state -> assertThat(state.getStatus().hasError()).isFalse());
    return asked;
  }

  private static Certification certify() {
    CertificationServiceBlockingStub certifications =
        as(ACME, CertificationServiceGrpc.newBlockingStub(channel));
    Certification asked =
        certifications.createCertification(
            CreateCertificationRequest.newBuilder()
                .setSpec(
                    CertificationSpec.newBuilder()
                        .setSnapshot(poisoning.getSpec().getSnapshot())
                        .setRecipe(training.getSpec().getRecipe())
                        .setPartitions(3))
                .build());
    return certifications.cancelCertification(
        CancelCertificationRequest.newBuilder().setName(asked.getName()).build());
  }

  @AfterAll
  static void stop() throws Exception {
    if (channel != null) {
      channel.shutdownNow();
    }
    hemlock.close();
  }

  private static <S extends AbstractStub<S>> S as(String tenant, S stub) {
    return SecuredHemlock.with(token(tenant), stub);
  }

  private static String token(String tenant) {
    return hemlock.issuer().token("somebody", tenant, EVERY_PERSON);
  }

  @Test
  void answersTheOtherAsIfThereWereNothing() {
    List<String> differences = new ArrayList<>();
    Map<String, Status.Code> answers = new LinkedHashMap<>();
    for (MethodDescriptor rpc : SecuredHemlock.rpcs()) {
      for (FieldDescriptor field : rpc.getInputType().getFields()) {
        Optional<String> kind = kind(field);
        if (kind.isEmpty()) {
          continue;
        }
        String theirs = NAMES.get(kind.get());
        String none = theirs.replaceFirst("[0-9a-f]{64}", "0123456789abcdef".repeat(4));
        Status ofTheirs = call(rpc, request(rpc, field, theirs));
        Status ofNone = call(rpc, request(rpc, field, none));
        answers.put(rpc.getFullName() + " " + field.getName(), ofTheirs.getCode());
        if (ofTheirs.getCode() != ofNone.getCode()
            || !sentence(ofTheirs).equals(sentence(ofNone))) {
          differences.add(rpc.getFullName() + ": " + ofTheirs + " but " + ofNone);
        }
      }
    }

    assertThat(differences).isEmpty();
    assertThat(answers).hasSizeGreaterThan(40);
    assertThat(answers.values())
        .as(answers.toString())
        .containsOnly(Status.Code.NOT_FOUND, Status.Code.INVALID_ARGUMENT);
    assertThat(answers.values().stream().filter(code -> code == Status.Code.NOT_FOUND).count())
        .as(answers.toString())
        .isGreaterThan(35);
  }

  /** What an answer says, whatever names it repeats. */
  private static String sentence(Status status) {
    return String.valueOf(status.getDescription()).replaceAll("[0-9a-f]{64}", "NAME");
  }

  @Test
  void takesNothingOfTheOtherForARun() {
    CreatePoisoningRequest poison =
        CreatePoisoningRequest.newBuilder().setSpec(poisoning.getSpec()).build();
    CreateTrainingRunRequest train =
        CreateTrainingRunRequest.newBuilder().setSpec(training.getSpec()).build();

    assertThat(
            Stream.of(
                    failure(
                        () ->
                            as(UMBRA, PoisonServiceGrpc.newBlockingStub(channel))
                                .createPoisoning(poison)),
                    failure(
                        () ->
                            as(UMBRA, TrainingServiceGrpc.newBlockingStub(channel))
                                .createTrainingRun(train)))
                .map(Status::getCode))
        .containsOnly(Status.Code.NOT_FOUND);
  }

  @Test
  void listsNothingOfTheOther() {
    assertThat(
            as(UMBRA, DatasetServiceGrpc.newBlockingStub(channel))
                .listSnapshots(ListSnapshotsRequest.getDefaultInstance())
                .getSnapshotsList())
        .isEmpty();
    assertThat(
            as(UMBRA, PoisonServiceGrpc.newBlockingStub(channel))
                .listPoisonings(ListPoisoningsRequest.getDefaultInstance())
                .getPoisoningsList())
        .isEmpty();
    assertThat(
            as(UMBRA, TrainingServiceGrpc.newBlockingStub(channel))
                .listTrainingRuns(ListTrainingRunsRequest.getDefaultInstance())
                .getTrainingRunsList())
        .isEmpty();
    assertThat(
            as(UMBRA, EvaluationServiceGrpc.newBlockingStub(channel))
                .listEvaluations(ListEvaluationsRequest.getDefaultInstance())
                .getEvaluationsList())
        .isEmpty();
    assertThat(
            as(UMBRA, DetectionServiceGrpc.newBlockingStub(channel))
                .listDetections(ListDetectionsRequest.getDefaultInstance())
                .getDetectionsList())
        .isEmpty();
    assertThat(
            as(UMBRA, ExperimentServiceGrpc.newBlockingStub(channel))
                .listExperiments(ListExperimentsRequest.getDefaultInstance())
                .getExperimentsList())
        .isEmpty();
    assertThat(
            as(UMBRA, WorkServiceGrpc.newBlockingStub(channel))
                .listWork(ListWorkRequest.getDefaultInstance())
                .getStagesList())
        .allSatisfy(stage -> assertThat(stage.getBacklog() + stage.getInHand()).isZero());
  }

  @Test
  void keepsEqualDataApart() throws Exception {
    // Given
    DatasetServiceBlockingStub acme = as(ACME, DatasetServiceGrpc.newBlockingStub(channel));
    DatasetServiceBlockingStub globex = as(GLOBEX, DatasetServiceGrpc.newBlockingStub(channel));
    Snapshot poisoned =
        acme.getSnapshot(GetSnapshotRequest.newBuilder().setName(NAMES.get("snapshots")).build());

    // When
    Snapshot digits = importDigits(GLOBEX);

    // Then: the same name, by its content; but bytes and provenance of its own, and no other blob
    assertThat(digits.getName()).isEqualTo(poisoning.getSpec().getSnapshot());
    GetProvenanceRequest provenance =
        GetProvenanceRequest.newBuilder().setName(digits.getName()).build();
    assertThat(globex.getProvenance(provenance).getCreateTime())
        .isNotEqualTo(acme.getProvenance(provenance).getCreateTime());
    String hex = digits.getSplits(0).getLabelDigest().replace("sha256:", "");
    for (String tenant : List.of(ACME, GLOBEX)) {
      assertThat(
              hemlock
                  .data()
                  .resolve(
                      "store/hemlock/%s/blobs/sha256/%s/%s"
                          .formatted(tenant, hex.substring(0, 2), hex)))
          .exists();
    }
    Status relabelled =
        failure(
            () ->
                globex.deriveSnapshot(
                    DeriveSnapshotRequest.newBuilder()
                        .setParent(digits.getName())
                        .setRelabel(
                            Relabel.newBuilder().setSplit("train").setLabelDigest(train(poisoned)))
                        .build()));
    assertThat(relabelled.getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  private static String train(Snapshot snapshot) {
    return snapshot.getSplitsList().stream()
        .filter(split -> split.getName().equals("train"))
        .findFirst()
        .orElseThrow()
        .getLabelDigest();
  }

  @Test
  void saysInEveryRecordWhoseItIs() {
    Matcher kafka = Pattern.compile("kafka=(\\S+)").matcher(hemlock.log());
    assertThat(kafka.find()).isTrue();
    KafkaSettings settings = KafkaSettings.of(kafka.group(1), "/hemlock/test");

    for (String topic :
        List.of("hemlock.events.v1", "hemlock.results.v1", "hemlock.work.train.v1")) {
      TopicReader.Fact fact = TopicReader.read(settings, topic, any -> true);
      assertThat(fact.headers()).containsEntry("ce_tenant", ACME);
      assertThat(fact.headers().get("ce_source")).endsWith("/" + ACME);
    }
  }

  @Test
  void writesNothingOutsideOfTheirKeys() throws Exception {
    try (Stream<Path> folders = Files.list(hemlock.data().resolve("store/hemlock"))) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .isSubsetOf(ACME, UMBRA, GLOBEX, "default");
    }
    Path own = hemlock.data().resolve("store/hemlock/default");
    if (Files.exists(own)) {
      try (Stream<Path> files = Files.walk(own)) {
        assertThat(files.filter(Files::isRegularFile))
            .noneMatch(file -> file.toString().contains("runs"));
      }
    }
  }

  @Test
  void logsWhoDidWhatAndNoToken() {
    assertThat(hemlock.log()).contains("hemlock.audit").contains("alice").doesNotContain("eyJ");
  }

  @Test
  void logsWhoReadWhichFlipsAndNoneOfThem() {
    // Given
    String clean = poisoning.getSpec().getSnapshot();
    String poisoned = poisoning.getPoisonedSnapshot();
    PoisonServiceBlockingStub poisons = as(ACME, PoisonServiceGrpc.newBlockingStub(channel));

    // When
    int flips =
        poisons
            .listFlips(ListFlipsRequest.newBuilder().setParent(poisoning.getName()).build())
            .getFlipsCount();
    poisons
        .exportLabels(ExportLabelsRequest.newBuilder().setName(poisoning.getName()).build())
        .forEachRemaining(labels -> assertThat(labels.getChunk()).isNotEmpty());
    int changes =
        as(ACME, DatasetServiceGrpc.newBlockingStub(channel))
            .diffLabels(DiffLabelsRequest.newBuilder().setBase(clean).setOther(poisoned).build())
            .getTotalCount();

    // Then
    assertThat(flips).isPositive().isEqualTo(changes);
    assertThat(
            hemlock
                .log()
                .lines()
                .filter(line -> line.contains("hemlock.audit"))
                .map(line -> line.substring(line.indexOf("subject="))))
        .contains(
            read("hemlock.poison.v1.PoisonService/ListFlips", poisoning.getName()),
            read("hemlock.poison.v1.PoisonService/ExportLabels", poisoning.getName()),
            read("hemlock.dataset.v1.DatasetService/DiffLabels", clean + "," + poisoned));
  }

  /** The rest of the line of a call of somebody's that was let in. */
  private static String read(String rpc, String resource) {
    return "subject=somebody tenant=acme rpc=%s resource=%s outcome=OK audit"
        .formatted(rpc, resource);
  }

  @Test
  void needsAClientCertificateWhereTheConfigurationSaysSo() {
    Status without =
        failure(
            () ->
                SecuredHemlock.with(
                        token(ACME), DatasetServiceGrpc.newBlockingStub(hemlock.channel()))
                    .listSnapshots(ListSnapshotsRequest.getDefaultInstance()));

    assertThat(without.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(without.getDescription()).contains("client certificate");
  }

  private static Snapshot importDigits(String tenant) throws Exception {
    CompletableFuture<Snapshot> snapshot = new CompletableFuture<>();
    StreamObserver<ImportDatasetRequest> upload =
        as(tenant, DatasetServiceGrpc.newStub(channel))
            .importDataset(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ImportDatasetResponse response) {
                    if (response.hasSnapshot()) {
                      snapshot.complete(response.getSnapshot());
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {
                    snapshot.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(
        ImportDatasetRequest.newBuilder()
            .setSpec(ImportSpec.newBuilder().setBundled(BundledDataset.BUNDLED_DATASET_DIGITS))
            .build());
    upload.onCompleted();
    return snapshot.get(60, TimeUnit.SECONDS);
  }

  /** The kind of resource that a field names. */
  private static Optional<String> kind(FieldDescriptor field) {
    if (field.getJavaType() != FieldDescriptor.JavaType.STRING || field.isRepeated()) {
      return Optional.empty();
    }
    Matcher pattern =
        KIND.matcher(field.getOptions().getExtension(ValidateProto.field).getString().getPattern());
    return pattern.matches() ? Optional.of(pattern.group(1)) : Optional.empty();
  }

  /** A request that names something in every field that can, the given in its field. */
  private static DynamicMessage request(MethodDescriptor rpc, FieldDescriptor named, String name) {
    DynamicMessage.Builder request = DynamicMessage.newBuilder(rpc.getInputType());
    for (FieldDescriptor field : rpc.getInputType().getFields()) {
      if (field.isRepeated() || field.getContainingOneof() != null) {
        continue;
      }
      if (field.equals(named)) {
        request.setField(field, name);
      } else if (kind(field).isPresent()) {
        request.setField(field, name.replaceFirst("^\\w+", kind(field).get()));
      } else if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
        request.setField(field, field.getEnumType().getValues().get(1));
      }
    }
    return request.setField(named, name).build();
  }

  private static Status call(MethodDescriptor rpc, DynamicMessage request) {
    io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> method =
        io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
            .setFullMethodName(rpc.getService().getFullName() + "/" + rpc.getName())
            .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
            .setRequestMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(rpc.getInputType())))
            .setResponseMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(rpc.getOutputType())))
            .build();
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + token(UMBRA));
    Channel identified =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    ClientCall<DynamicMessage, DynamicMessage> call =
        identified.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    CompletableFuture<Status> status = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(DynamicMessage message) {
            status.complete(Status.OK);
          }

          @Override
          public void onClose(Status end, Metadata trailers) {
            status.complete(end);
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
    return status.join();
  }

  private static Status failure(Runnable call) {
    try {
      call.run();
      return Status.OK;
    } catch (StatusRuntimeException e) {
      assertThat(GrpcErrors.toException(e).getMessage()).isNotEmpty();
      return e.getStatus();
    }
  }
}
