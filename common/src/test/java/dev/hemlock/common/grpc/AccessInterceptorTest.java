package dev.hemlock.common.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.security.Access;
import dev.hemlock.common.security.Role;
import dev.hemlock.common.security.TestIssuer;
import dev.hemlock.common.security.TestIssuer.Flaw;
import dev.hemlock.common.storage.OneTenant;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DiffLabelsRequest;
import dev.hemlock.proto.dataset.v1.DiffLabelsResponse;
import dev.hemlock.proto.dataset.v1.ExportSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ExportSnapshotResponse;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.LabelChange;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.poison.v1.ExportLabelsRequest;
import dev.hemlock.proto.poison.v1.ExportLabelsResponse;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.ListFlipsResponse;
import dev.hemlock.proto.poison.v1.MutinyPoisonServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.MutinyTrainingServiceGrpc;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import dev.hemlock.proto.training.v1.TrainingSpec;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call what, over a socket. */
@Timeout(60)
@ExtendWith(OneTenant.class)
class AccessInterceptorTest {
  private static final String NAME = "snapshots/sha256:" + "0".repeat(64);
  private static final String OTHER_NAME = "snapshots/sha256:" + "2".repeat(64);
  private static final String POISONING = "poisonings/" + "3".repeat(64);
  private static final ListFlipsResponse FLIPS =
      ListFlipsResponse.newBuilder()
          .addFlips(Flip.newBuilder().setSampleId(4711).setFromClass("cat").setToClass("owl"))
          .build();
  private static final ExportLabelsResponse LABELS =
      ExportLabelsResponse.newBuilder().setChunk(ByteString.copyFromUtf8("4711,owl")).build();
  private static final DiffLabelsResponse CHANGES =
      DiffLabelsResponse.newBuilder()
          .addChanges(
              LabelChange.newBuilder().setSampleId(4711).setFromClass("cat").setToClass("owl"))
          .build();
  private static final WatchTrainingRunRequest WATCH =
      WatchTrainingRunRequest.newBuilder().setName("trainingRuns/" + "1".repeat(64)).build();
  private static final int CALLS = 500;
  private static final TestIssuer ISSUER = new TestIssuer();

  @TempDir Path directory;
  private LoopbackServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server =
        LoopbackServer.start(
            new AccessInterceptor(
                Access.to(ISSUER, directory),
                Access.tls(Map.of()),
                Limits.DEFAULT.callsPerCaller(2)),
            new Datasets(),
            new Poisonings(),
            new Trainings());
    channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", server.port(), InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
  }

  private static <S extends AbstractStub<S>> S with(S stub, String... headers) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < headers.length; i += 2) {
      metadata.put(Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
    }
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private DatasetServiceGrpc.DatasetServiceBlockingStub datasets(String... headers) {
    return with(DatasetServiceGrpc.newBlockingStub(channel), headers);
  }

  private PoisonServiceGrpc.PoisonServiceBlockingStub poisons(String... headers) {
    return with(PoisonServiceGrpc.newBlockingStub(channel), headers);
  }

  private TrainingServiceGrpc.TrainingServiceBlockingStub trainings(String... headers) {
    return with(TrainingServiceGrpc.newBlockingStub(channel), headers);
  }

  private static GetSnapshotRequest get() {
    return GetSnapshotRequest.newBuilder().setName(NAME).build();
  }

  private static String bearer(String token) {
    return "Bearer " + token;
  }

  private HemlockException refusal(String... headers) {
    return GrpcErrors.toException(
        catchThrowableOfType(
            StatusRuntimeException.class, () -> datasets(headers).getSnapshot(get())));
  }

  @Test
  void doesTheWorkForTheTenantOfTheToken() {
    String token = bearer(ISSUER.token("alice", "acme", Role.VIEWER));

    Snapshot snapshot = datasets("authorization", token).getSnapshot(get());
    List<String> streamed =
        List.of(
            datasets("authorization", token)
                .exportSnapshot(ExportSnapshotRequest.newBuilder().setName(NAME).build())
                .next()
                .getChunk()
                .toStringUtf8());

    assertThat(snapshot.getClassNamesList()).containsExactly("acme");
    assertThat(streamed).containsExactly("acme");
  }

  @Test
  void refusesACallWithoutAToken() {
    HemlockException refusal = refusal();

    assertThat(refusal.reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(refusal).hasMessageContaining("--token-file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer x", "Basic YTpi", "Bearer a.b.c"})
  void refusesWhatIsNoToken(String header) {
    assertThat(refusal("authorization", header).reason()).isEqualTo(Reason.UNAUTHENTICATED);
  }

  @ParameterizedTest
  @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void refusesATokenWithAFlaw(Flaw flaw) {
    String token = ISSUER.token(flaw, "alice", "acme", Role.values());

    HemlockException refusal = refusal("authorization", bearer(token));

    assertThat(refusal.reason()).isEqualTo(Reason.UNAUTHENTICATED);
    assertThat(refusal).hasMessageNotContaining(token);
    assertThat(refusal.metadata()).containsEntry("audience", "hemlock");
  }

  @Test
  void namesTheRoleThatIsMissing() {
    String token = bearer(ISSUER.token("alice", "acme", Role.VIEWER));

    HemlockException refusal =
        GrpcErrors.toException(
            catchThrowableOfType(
                StatusRuntimeException.class,
                () -> trainings("authorization", token).createTrainingRun(training(false))));

    assertThat(refusal.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(refusal.metadata()).containsEntry("role", "runner");
  }

  @Test
  void needsAnotherRoleForAFieldThatBypassesAdmission() {
    String runner = bearer(ISSUER.token("alice", "acme", Role.RUNNER));
    String both = bearer(ISSUER.token("bob", "acme", Role.RUNNER, Role.RED_TEAM));

    HemlockException refusal =
        GrpcErrors.toException(
            catchThrowableOfType(
                StatusRuntimeException.class,
                () -> trainings("authorization", runner).createTrainingRun(training(true))));

    assertThat(refusal.metadata()).containsEntry("role", "red-team");
    assertThat(trainings("authorization", runner).createTrainingRun(training(false)).getName())
        .isEqualTo("acme");
    assertThat(trainings("authorization", both).createTrainingRun(training(true)).getName())
        .isEqualTo("acme");
  }

  @Test
  void letsAServiceCallForTheTenantThatItNames() {
    String token = bearer(ISSUER.token("trainer", "", Role.SERVICE));

    Snapshot snapshot =
        datasets("authorization", token, "hemlock-tenant", "umbra").getSnapshot(get());

    assertThat(snapshot.getClassNamesList()).containsExactly("umbra");
    assertThat(refusal("authorization", token).reason()).isEqualTo(Reason.PERMISSION_DENIED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../acme", "Acme", "a/b", "-a"})
  void refusesATokenWhoseTenantCanNotBeOne(String tenant) {
    String token = bearer(ISSUER.token("alice", tenant, Role.VIEWER));

    HemlockException refusal = refusal("authorization", token);

    assertThat(refusal.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(refusal.metadata()).containsEntry("claim", "tenant");
  }

  @Test
  void asksNoTenantOfAHeaderOfAPerson() {
    String token = bearer(ISSUER.token("alice", "acme", Role.VIEWER));

    Snapshot snapshot =
        datasets("authorization", token, "hemlock-tenant", "umbra").getSnapshot(get());

    assertThat(snapshot.getClassNamesList()).containsExactly("acme");
  }

  @Test
  void writesWhoChangedWhatAndWhoWasRefusedAndNeverAToken() {
    String runner = ISSUER.token("alice", "acme", Role.RUNNER);
    String viewer = ISSUER.token("eve", "acme", Role.VIEWER);

    // When
    List<String> lines =
        audited(
            () -> {
              var created =
                  trainings("authorization", bearer(runner)).createTrainingRun(training(false));
              var refused =
                  catchThrowableOfType(
                      StatusRuntimeException.class,
                      () ->
                          trainings("authorization", bearer(viewer))
                              .createTrainingRun(training(false)));
              assertThat(created.getName()).isEqualTo("acme");
              assertThat(refused).isNotNull();
              var read = datasets("authorization", bearer(viewer)).getSnapshot(get());
              assertThat(read).isNotNull();
            });

    // Then
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .contains("alice", "acme", "TrainingService/CreateTrainingRun", "outcome=OK");
    assertThat(lines.get(1)).contains("eve", "outcome=PERMISSION_DENIED");
    assertThat(lines).noneMatch(line -> line.contains(runner) || line.contains(viewer));
  }

  @Test
  void writesWhoReadWhichFlipsAndNothingOfThem() {
    String token = bearer(ISSUER.token("mallory", "acme", Role.RED_TEAM));
    ListFlipsRequest list = ListFlipsRequest.newBuilder().setParent(POISONING).build();
    ExportLabelsRequest export = ExportLabelsRequest.newBuilder().setName(POISONING).build();
    DiffLabelsRequest diff =
        DiffLabelsRequest.newBuilder().setBase(NAME).setOther(OTHER_NAME).build();

    // When
    List<String> lines =
        audited(
            () -> {
              assertThat(poisons("authorization", token).listFlips(list)).isEqualTo(FLIPS);
              assertThat(poisons("authorization", token).exportLabels(export))
                  .toIterable()
                  .containsExactly(LABELS);
              assertThat(datasets("authorization", token).diffLabels(diff)).isEqualTo(CHANGES);
            });

    // Then
    assertThat(lines)
        .containsExactly(
            line("hemlock.poison.v1.PoisonService/ListFlips", POISONING, "OK"),
            line("hemlock.poison.v1.PoisonService/ExportLabels", POISONING, "OK"),
            line("hemlock.dataset.v1.DatasetService/DiffLabels", NAME + "," + OTHER_NAME, "OK"));
  }

  @Test
  void writesNoNameThatCanNotBeOne() {
    String token = ISSUER.token("mallory", "acme", Role.RED_TEAM);

    List<String> lines =
        audited(
            () -> {
              for (String parent : List.of(token, POISONING + "\nsubject=bob", "cat")) {
                var refused =
                    catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                            poisons("authorization", bearer(token))
                                .listFlips(
                                    ListFlipsRequest.newBuilder().setParent(parent).build()));
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              }
            });

    assertThat(lines)
        .hasSize(3)
        .containsOnly(
            line("hemlock.poison.v1.PoisonService/ListFlips", "none", "INVALID_ARGUMENT"));
  }

  /** The whole line of a call of mallory's. */
  private static String line(String rpc, String resource, String outcome) {
    return "subject=mallory tenant=acme rpc=%s resource=%s outcome=%s audit {}"
        .formatted(rpc, resource, outcome);
  }

  /** What the audit log says of some calls. */
  private static List<String> audited(Runnable calls) {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler recorder = recorder(lines);
    Logger audit = Logger.getLogger("hemlock.audit");
    audit.setLevel(java.util.logging.Level.ALL);
    audit.addHandler(recorder);
    try {
      calls.run();
    } finally {
      audit.removeHandler(recorder);
    }
    return lines;
  }

  @Test
  void boundsTheOpenCallsOfACaller() throws Exception {
    String alice = bearer(ISSUER.token("alice", "acme", Role.VIEWER));
    List<Context.CancellableContext> open =
        List.of(openCall("authorization", alice), openCall("authorization", alice));

    // When
    HemlockException refusal = refusal("authorization", alice);

    // Then
    assertThat(refusal.reason()).isEqualTo(Reason.THROTTLED);
    assertThat(refusal)
        .hasMessage(
            "alice of acme has 2 calls open here, as many as hemlock.limits.calls-per-caller allows;"
                + " end some, or try again later");
    assertThat(refusal.retryable()).isTrue();
    String elsewhere = bearer(ISSUER.token("alice", "umbra", Role.VIEWER));
    assertThat(datasets("authorization", elsewhere).getSnapshot(get()).getClassNamesList())
        .containsExactly("umbra");
    open.forEach(call -> call.cancel(null));
    awaitAnswer(alice);
  }

  @Test
  void forgetsTheOpenCallsOfALostConnection() throws Exception {
    String alice = bearer(ISSUER.token("alice", "acme", Role.VIEWER));
    ManagedChannel lost =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", server.port(), InsecureChannelCredentials.create())
            .build();
    for (int i = 0; i < 2; i++) {
      with(TrainingServiceGrpc.newBlockingStub(lost), "authorization", alice)
          .watchTrainingRun(WATCH)
          .next();
    }
    assertThat(refusal("authorization", alice).reason()).isEqualTo(Reason.THROTTLED);

    lost.shutdownNow();

    awaitAnswer(alice);
  }

  @Test
  void letsServicesCallAsOftenAsTheirWorkNeeds() {
    String service = bearer(ISSUER.token("hemlock", "", Role.SERVICE));
    List<Context.CancellableContext> open =
        IntStream.range(0, 5)
            .mapToObj(i -> openCall("authorization", service, "hemlock-tenant", "acme"))
            .toList();

    assertThat(open).hasSize(5);
    open.forEach(call -> call.cancel(null));
  }

  /** A call that has begun, and waits until it is cancelled. */
  private Context.CancellableContext openCall(String... headers) {
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> trainings(headers).watchTrainingRun(WATCH).next());
    return context;
  }

  private void awaitAnswer(String token) throws InterruptedException {
    while (true) {
      try {
        assertThat(datasets("authorization", token).getSnapshot(get()).getClassNamesCount())
            .isEqualTo(1);
        return;
      } catch (StatusRuntimeException e) {
        assertThat(GrpcErrors.toException(e).reason()).isEqualTo(Reason.THROTTLED);
        Thread.sleep(20);
      }
    }
  }

  /** Prints a row, and holds nothing about time: machines differ. */
  @Test
  void saysWhatItCosts() throws Exception {
    String token = bearer(ISSUER.token("alice", "acme", Role.VIEWER));
    AccessInterceptor nobodyAsked =
        new AccessInterceptor(
            Access.of(Map.of(), "127.0.0.1"), Access.tls(Map.of()), Limits.DEFAULT);
    try (LoopbackServer open = LoopbackServer.start(nobodyAsked, new Datasets())) {
      ManagedChannel toOpen =
          Grpc.newChannelBuilderForAddress(
                  "127.0.0.1", open.port(), InsecureChannelCredentials.create())
              .build();
      try {
        var without = with(DatasetServiceGrpc.newBlockingStub(toOpen), "authorization", token);
        var checked = datasets("authorization", token);
        double[][] micros = new double[2][CALLS];
        for (int i = -CALLS; i < CALLS; i++) {
          double first = micros(without);
          double second = micros(checked);
          if (i >= 0) {
            micros[0][i] = first;
            micros[1][i] = second;
          }
        }
        System.out.printf(
            "unary call, median of %d: %.0f us without, %.0f us with a token of RS256 checked%n",
            CALLS, median(micros[0]), median(micros[1]));
      } finally {
        toOpen.shutdownNow();
      }
    }
  }

  private static double micros(DatasetServiceGrpc.DatasetServiceBlockingStub stub) {
    long start = System.nanoTime();
    Snapshot answer = stub.getSnapshot(get());
    assertThat(answer.getClassNamesCount()).isEqualTo(1);
    return (System.nanoTime() - start) / 1e3;
  }

  private static double median(double[] values) {
    java.util.Arrays.sort(values);
    return values[values.length / 2];
  }

  private static Handler recorder(List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        lines.add(
            line instanceof org.jboss.logmanager.ExtLogRecord ext
                ? ext.getFormattedMessage() + " " + ext.getMdcCopy()
                : line.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  private static CreateTrainingRunRequest training(boolean redTeam) {
    TrainingSpec.Builder spec = TrainingSpec.newBuilder().setSnapshot(NAME).setSplit("train");
    if (redTeam) {
      spec.setRedTeam(true);
    }
    return CreateTrainingRunRequest.newBuilder()
        .setSpec(
            spec.setRecipe(
                dev.hemlock.proto.training.v1.Recipe.newBuilder()
                    .setArchitecture(
                        dev.hemlock.proto.training.v1.Architecture.ARCHITECTURE_SMALLCNN)))
        .build();
  }

  private static final class Datasets extends MutinyDatasetServiceGrpc.DatasetServiceImplBase {
    @Override
    public Uni<Snapshot> getSnapshot(GetSnapshotRequest request) {
      return GrpcCalls.onWorker(
          () -> Snapshot.newBuilder().addClassNames(Tenant.current()).build());
    }

    @Override
    public Multi<ExportSnapshotResponse> exportSnapshot(ExportSnapshotRequest request) {
      return GrpcCalls.streamOnWorker(
          emitter ->
              emitter.emit(
                  ExportSnapshotResponse.newBuilder()
                      .setChunk(ByteString.copyFromUtf8(Tenant.current()))
                      .build()));
    }

    @Override
    public Uni<DiffLabelsResponse> diffLabels(DiffLabelsRequest request) {
      return GrpcCalls.onWorker(() -> CHANGES);
    }
  }

  private static final class Poisonings extends MutinyPoisonServiceGrpc.PoisonServiceImplBase {
    @Override
    public Uni<ListFlipsResponse> listFlips(ListFlipsRequest request) {
      return GrpcCalls.onWorker(() -> FLIPS);
    }

    @Override
    public Multi<ExportLabelsResponse> exportLabels(ExportLabelsRequest request) {
      return GrpcCalls.streamOnWorker(emitter -> emitter.emit(LABELS));
    }
  }

  private static final class Trainings extends MutinyTrainingServiceGrpc.TrainingServiceImplBase {
    @Override
    public Uni<TrainingRun> createTrainingRun(CreateTrainingRunRequest request) {
      return GrpcCalls.onWorker(() -> TrainingRun.newBuilder().setName(Tenant.current()).build());
    }

    @Override
    public Multi<TrainingRun> watchTrainingRun(WatchTrainingRunRequest request) {
      Multi<TrainingRun> first = Multi.createFrom().item(TrainingRun.getDefaultInstance());
      return Multi.createBy().concatenating().streams(first, Multi.createFrom().nothing());
    }
  }
}
