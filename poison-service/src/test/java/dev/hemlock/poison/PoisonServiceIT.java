package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.ExportLabelsRequest;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.FlipManifest;
import dev.hemlock.proto.poison.v1.GetPoisoningRequest;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.ListFlipsResponse;
import dev.hemlock.proto.poison.v1.ListPoisoningsRequest;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc.PoisonServiceBlockingStub;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.ListWorkRequest;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.StageWork;
import dev.hemlock.proto.run.v1.WorkServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GrpcService;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(value = Backends.class, restrictToAnnotatedClass = true)
class PoisonServiceIT {
  @Inject @GrpcService FakeDatasetBean dataset;
  @Inject BlobStore blobs;
  @Inject ObjectStore store;
  @Inject FlipManifests manifests;

  @ConfigProperty(name = "quarkus.http.test-port")
  int port;

  private ManagedChannel channel;
  private PoisonServiceBlockingStub service;
  private PoisoningSpec spec;

  @BeforeEach
  void connect() {
    channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
            .build();
    service = PoisonServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    spec = Zoo.catsToOwls(Zoo.addTo(dataset, blobs), 0.4);
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  @Test
  void poisonsASnapshotAndListsItsFlips() {
    // When
    Poisoning done = poison(spec);

    // Then
    assertThat(done.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(done.getFlipCount()).isEqualTo(8);
    assertThat(done.getEligibleCount()).isEqualTo(20);
    assertThat(done.getPoisonedSnapshot()).isNotEqualTo(spec.getSnapshot());
    assertThat(flips(done.getName(), 3))
        .hasSize(8)
        .isEqualTo(flips(done.getName(), 0))
        .isEqualTo(manifest(done).getFlipsList());
    assertThat(
            service.listPoisonings(ListPoisoningsRequest.getDefaultInstance()).getPoisoningsList())
        .contains(done);
  }

  @Test
  void listsTheWorkOfItsKind() {
    // When
    List<StageWork> stages =
        WorkServiceGrpc.newBlockingStub(channel)
            .listWork(ListWorkRequest.getDefaultInstance())
            .getStagesList();

    // Then
    assertThat(stages).hasSize(1);
    assertThat(stages.get(0).getStage()).isEqualTo("poison");
    assertThat(stages.get(0).getKind()).isEqualTo("poisonings");
    assertThat(stages.get(0).getConcurrency()).isEqualTo(1);
  }

  @Test
  void exportsTheLabelsOfThePoisonedSplit() {
    Poisoning done = poison(spec);

    StringBuilder csv = new StringBuilder();
    service
        .exportLabels(ExportLabelsRequest.newBuilder().setName(done.getName()).build())
        .forEachRemaining(response -> csv.append(response.getChunk().toStringUtf8()));

    List<String> lines = csv.toString().lines().toList();
    assertThat(lines).hasSize(61);
    assertThat(lines.get(0)).isEqualTo("sample_id,split,label,poisoned_label,flipped");
    assertThat(lines.get(2)).isEqualTo("3,train,dog,dog,false");
    assertThat(lines.stream().filter(line -> line.endsWith(",train,cat,owl,true"))).hasSize(8);
    assertThat(lines.stream().filter(line -> line.endsWith(",true"))).hasSize(8);
  }

  @Test
  void asksOnceForEqualSpecs() {
    Poisoning done = poison(spec);

    Poisoning again = service.createPoisoning(request(spec));

    assertThat(again).isEqualTo(done);
  }

  @Test
  void smallerRatiosFlipASubset() {
    List<Flip> large = flips(poison(Zoo.catsToOwls(spec.getSnapshot(), 0.8)).getName(), 0);
    List<Flip> small = flips(poison(Zoo.catsToOwls(spec.getSnapshot(), 0.2)).getName(), 0);

    assertThat(large).hasSize(16).containsAll(small);
    assertThat(small).hasSize(4);
  }

  @Test
  void flipsAWholeListWithoutABudget() {
    // Given
    PoisoningSpec listed =
        spec.toBuilder()
            .setAttack(Zoo.explicitFlips(Zoo.flip(5, "", "cat"), Zoo.flip(1, "cat", "owl")))
            .clearBudget()
            .build();

    // When
    Poisoning done = poison(listed);

    // Then
    assertThat(flips(done.getName(), 0).stream().map(Flip::getSampleId)).containsExactly(1, 5);
    assertThat(done.getSpec().getBudget().getCount()).isEqualTo(2);
    assertThat(done.getSpec().getAttack().getExplicitFlips().getFlipsCount()).isEqualTo(2);
    assertThat(done.getClassShare()).isEqualTo(2.0 / 40);
    assertThat(done.getSplitShare()).isEqualTo(2.0 / 60);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badSpecs")
  void refusesBadSpecs(
      String what, UnaryOperator<PoisoningSpec> change, Status.Code code, String message) {
    // Given
    Poisoning good = poison(spec);
    List<String> before = keys();

    // When
    assertThatThrownBy(() -> service.createPoisoning(request(change.apply(spec))))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              // Then
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).contains(message);
            });
    assertThat(keys()).isEqualTo(before);
    assertThat(service.createPoisoning(request(spec))).isEqualTo(good);
  }

  static Stream<Arguments> badSpecs() {
    Status.Code invalid = Status.Code.INVALID_ARGUMENT;
    return Stream.of(
        bad("unknown source", attack("emu", "owl"), invalid, "'emu'; it has: cat, dog, owl"),
        bad("unknown target", attack("cat", "emu"), invalid, "'emu'; it has: cat, dog, owl"),
        bad("source is target", attack("cat", "cat"), invalid, "must differ"),
        bad("no source", attack("", "cat"), invalid, "source_class"),
        bad("no attack", s -> s.toBuilder().clearAttack().build(), invalid, "attack"),
        bad(
            "no kind of attack",
            s -> s.toBuilder().setAttack(Attack.getDefaultInstance()).build(),
            invalid,
            "attack"),
        bad("no budget", s -> s.toBuilder().clearBudget().build(), invalid, "budget"),
        bad("ratio 0", ratio(0), invalid, "class_share"),
        bad("ratio below 0", ratio(-0.1), invalid, "class_share"),
        bad("ratio above 1", ratio(1.01), invalid, "class_share"),
        bad("ratio NaN", ratio(Double.NaN), invalid, "class_share"),
        bad("ratio infinite", ratio(Double.POSITIVE_INFINITY), invalid, "class_share"),
        bad("ratio flips none", ratio(0.02), invalid, "smallest ratio that flips any is 0.025"),
        bad("split share above 1", budget(b -> b.setSplitShare(2)), invalid, "split_share"),
        bad("count 0", budget(b -> b.setCount(0)), invalid, "count"),
        bad("count above the class", budget(b -> b.setCount(21)), invalid, "at most 20"),
        bad(
            "target among sources",
            s -> s.toBuilder().setAttack(Zoo.manyToOne("owl", "owl")).build(),
            invalid,
            "must not be among"),
        bad(
            "unknown split",
            s -> s.toBuilder().setSplit("dev").build(),
            invalid,
            "'dev'; it has: test, train"),
        bad("malformed snapshot", snapshot("snapshots/zoo"), invalid, "snapshot"),
        bad(
            "unknown snapshot",
            snapshot("snapshots/sha256:" + "0".repeat(64)),
            Status.Code.NOT_FOUND,
            "there is no snapshots/sha256:000"));
  }

  @Test
  void refusesARequestIdOfAnotherSpec() {
    service.createPoisoning(request(spec).toBuilder().setRequestId("once").build());
    PoisoningSpec other = spec.toBuilder().setSeed(8).build();

    assertThatThrownBy(
            () -> service.createPoisoning(request(other).toBuilder().setRequestId("once").build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS));
  }

  @Test
  void doesNotKnowPoisoningsThatNobodyAskedFor() {
    String nobodys = "poisonings/" + "0".repeat(64);

    assertThatThrownBy(
            () -> service.getPoisoning(GetPoisoningRequest.newBuilder().setName(nobodys).build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  private Poisoning poison(PoisoningSpec wanted) {
    String name = service.createPoisoning(request(wanted)).getName();
    Poisoning[] last = new Poisoning[1];
    service
        .watchPoisoning(WatchPoisoningRequest.newBuilder().setName(name).build())
        .forEachRemaining(poisoning -> last[0] = poisoning);
    return last[0];
  }

  private List<Flip> flips(String parent, int pageSize) {
    ListFlipsRequest.Builder request =
        ListFlipsRequest.newBuilder().setParent(parent).setPageSize(pageSize);
    List<Flip> all = new ArrayList<>();
    do {
      ListFlipsResponse page = service.listFlips(request.build());
      all.addAll(page.getFlipsList());
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return all;
  }

  private FlipManifest manifest(Poisoning poisoning) {
    return manifests.get(Digest.parse(poisoning.getFlipManifestDigest()));
  }

  private List<String> keys() {
    return store.list("default/").stream()
        .map(StoredObject::key)
        .filter(key -> !key.contains("/pending/"))
        .toList();
  }

  private static CreatePoisoningRequest request(PoisoningSpec spec) {
    return CreatePoisoningRequest.newBuilder().setSpec(spec).build();
  }

  private static Arguments bad(
      String what, UnaryOperator<PoisoningSpec> change, Status.Code code, String message) {
    return arguments(what, change, code, message);
  }

  private static UnaryOperator<PoisoningSpec> attack(String source, String target) {
    return s -> s.toBuilder().setAttack(Zoo.targetedFlip(source, target)).build();
  }

  private static UnaryOperator<PoisoningSpec> ratio(double ratio) {
    return s -> s.toBuilder().setBudget(Budget.newBuilder().setClassShare(ratio)).build();
  }

  private static UnaryOperator<PoisoningSpec> budget(UnaryOperator<Budget.Builder> amount) {
    return s -> s.toBuilder().setBudget(amount.apply(Budget.newBuilder())).build();
  }

  private static UnaryOperator<PoisoningSpec> snapshot(String name) {
    return s -> s.toBuilder().setSnapshot(name).build();
  }
}
