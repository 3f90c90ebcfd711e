package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.work.LocalWork;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.CancelTrainingRunRequest;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.DownloadModelRequest;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import dev.hemlock.proto.training.v1.ModelCard;
import dev.hemlock.proto.training.v1.ModelFile;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingGrpcServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path cache;

  private Bench bench;
  private LocalWork work;
  private TrainingGrpcService service;
  private TrainingSpec spec;

  @BeforeEach
  void start() {
    bench = new Bench(cache);
    work = new LocalWork(bench.store, bench.events);
    work.serve(bench.stage(Duration.ofMinutes(1)));
    service = service(false);
    spec = Bench.spec(bench.snapshot(Bench.GREY, 60));
  }

  private TrainingGrpcService service(boolean enforced) {
    return new TrainingGrpcService(
        new TrainingRuns(
            work.runs(TrainStage.KIND, TrainStage.NAME),
            bench.snapshots,
            bench.blobs,
            true,
            OptionalLong.empty(),
            enforced));
  }

  @AfterEach
  void stop() {
    work.close();
    bench.close();
  }

  @Test
  void trainsAndHandsOutTheModel() {
    // When
    TrainingRun asked = create(spec);
    TrainingRun done = end(asked.getName());

    // Then
    assertThat(done.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(done.getSpec()).isEqualTo(Recipes.withDefaults(spec));
    assertThat(done.getEpochsCount()).isEqualTo(3);
    assertThat(done.getStreamDigest()).startsWith("sha256:");
    byte[] weights = download(done.getName(), ModelFile.MODEL_FILE_WEIGHTS);
    assertThat(Digest.of(weights).toString()).isEqualTo(done.getModel().getWeightsDigest());
    assertThat(weights).hasSize((int) done.getModel().getWeightsBytes());
    byte[] card = download(done.getName(), ModelFile.MODEL_FILE_CARD);
    assertThat(Digest.of(card).toString()).isEqualTo(done.getModel().getCardDigest());
  }

  @Test
  void onlyValidatesWhenAskedTo() {
    TrainingRun preview =
        await(
            service.createTrainingRun(
                CreateTrainingRunRequest.newBuilder().setSpec(spec).setValidateOnly(true).build()));

    assertThat(preview.getStatus().getState()).isEqualTo(RunState.RUN_STATE_UNSPECIFIED);
    assertThat(preview.getSpec()).isEqualTo(Recipes.withDefaults(spec));
    assertThat(
            await(service.listTrainingRuns(ListTrainingRunsRequest.getDefaultInstance()))
                .getTrainingRunsList())
        .isEmpty();
    assertThat(create(spec).getName()).isEqualTo(preview.getName());
  }

  @Test
  void refusesASnapshotThatIsNotAdmittedWhereAdmissionIsEnforced() {
    // Given
    service = service(true);
    int objects = bench.store.list("").size();

    // When, Then
    assertThatThrownBy(() -> create(spec))
        .hasMessageContaining("3 labels differ without an approval. An experiment can set red_team")
        .extracting(e -> Status.fromThrowable(e).getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(bench.store.list("")).hasSize(objects);
    bench.datasets.admit(spec.getSnapshot());
    assertThat(create(spec).hasUntrusted()).isFalse();
  }

  @Test
  void marksTheModelOfARedTeamAsUntrusted() throws InvalidProtocolBufferException {
    // Given
    service = service(true);

    // When
    TrainingRun done = end(create(spec.toBuilder().setRedTeam(true).build()).getName());

    // Then
    assertThat(done.getUntrusted()).isTrue();
    ModelCard.Builder card = ModelCard.newBuilder();
    JsonFormat.parser()
        .merge(new String(download(done.getName(), ModelFile.MODEL_FILE_CARD), UTF_8), card);
    assertThat(card.getUntrusted()).isTrue();
    service = service(false);
    TrainingRun ordinary = end(create(spec).getName());
    assertThat(ordinary.getName()).isNotEqualTo(done.getName());
    assertThat(ordinary.getModel().getWeightsDigest())
        .isEqualTo(done.getModel().getWeightsDigest());
    assertThat(new String(download(ordinary.getName(), ModelFile.MODEL_FILE_CARD), UTF_8))
        .doesNotContain("untrusted", "redTeam");
  }

  @Test
  void trainsOnceHoweverOftenItIsAsked() {
    // Given
    TrainingRun first = end(create(spec).getName());

    // When
    TrainingRun again = create(spec.toBuilder().setSplit("train").build());

    // Then
    assertThat(again).isEqualTo(first);
    assertThat(
            await(service.listTrainingRuns(ListTrainingRunsRequest.getDefaultInstance()))
                .getTrainingRunsList())
        .extracting(TrainingRun::getName)
        .containsExactly(first.getName());
  }

  @Test
  void refusesAnUnknownSnapshotAndLeavesNothingBehind() {
    // Given
    int objects = bench.store.list("").size();
    TrainingSpec gone = spec.toBuilder().setSnapshot("snapshots/sha256:" + "0".repeat(64)).build();

    // When
    assertThatThrownBy(() -> create(gone))
        .extracting(e -> Status.fromThrowable(e).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);

    // Then
    assertThat(bench.store.list("")).hasSize(objects);
  }

  @Test
  void cancelsARunThatTrains() {
    // Given
    TrainingSpec.Builder endless = spec.toBuilder();
    endless.getRecipeBuilder().setEpochs(10_000);
    String name = create(endless.build()).getName();
    service
        .watchTrainingRun(WatchTrainingRunRequest.newBuilder().setName(name).build())
        .filter(run -> run.getEpochsCount() > 0)
        .toUni()
        .await()
        .atMost(PATIENCE);
    assertThatThrownBy(() -> download(name, ModelFile.MODEL_FILE_WEIGHTS))
        .hasMessageContaining("wait until it has succeeded");

    // When
    await(service.cancelTrainingRun(CancelTrainingRunRequest.newBuilder().setName(name).build()));

    // Then
    TrainingRun ended = end(name);
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
    assertThatThrownBy(() -> download(name, ModelFile.MODEL_FILE_WEIGHTS))
        .hasMessageContaining("ask for it again");
  }

  @Test
  void saysThatThereIsNoSuchRun() {
    GetTrainingRunRequest request =
        GetTrainingRunRequest.newBuilder().setName("trainingRuns/" + "0".repeat(64)).build();

    assertThatThrownBy(() -> await(service.getTrainingRun(request)))
        .extracting(e -> Status.fromThrowable(e).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  private TrainingRun create(TrainingSpec asked) {
    return await(
        service.createTrainingRun(CreateTrainingRunRequest.newBuilder().setSpec(asked).build()));
  }

  private TrainingRun end(String name) {
    List<TrainingRun> states =
        service
            .watchTrainingRun(WatchTrainingRunRequest.newBuilder().setName(name).build())
            .collect()
            .asList()
            .await()
            .atMost(PATIENCE);
    return states.get(states.size() - 1);
  }

  private byte[] download(String name, ModelFile file) {
    return service
        .downloadModel(DownloadModelRequest.newBuilder().setName(name).setFile(file).build())
        .collect()
        .with(
            java.util.stream.Collectors.reducing(
                ByteString.EMPTY, response -> response.getChunk(), ByteString::concat))
        .await()
        .atMost(PATIENCE)
        .toByteArray();
  }

  private static <T> T await(Uni<T> answer) {
    return answer.await().atMost(PATIENCE);
  }
}
