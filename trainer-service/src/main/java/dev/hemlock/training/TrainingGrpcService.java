package dev.hemlock.training;

import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.storage.Page;
import dev.hemlock.proto.training.v1.CancelTrainingRunRequest;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.DownloadModelRequest;
import dev.hemlock.proto.training.v1.DownloadModelResponse;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsResponse;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingService;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link TrainingRuns}. */
@GrpcService
public class TrainingGrpcService implements TrainingService {
  private final TrainingRuns runs;

  /** Delegates to {@code runs}. */
  public TrainingGrpcService(TrainingRuns runs) {
    this.runs = runs;
  }

  @Override
  public Uni<TrainingRun> createTrainingRun(CreateTrainingRunRequest request) {
    return GrpcCalls.onWorker(
        () ->
            TrainingRunMapper.trainingRun(
                request.getValidateOnly()
                    ? runs.preview(request.getSpec())
                    : runs.create(request.getSpec(), request.getRequestId())));
  }

  @Override
  public Uni<TrainingRun> getTrainingRun(GetTrainingRunRequest request) {
    return GrpcCalls.onWorker(() -> TrainingRunMapper.trainingRun(runs.get(request.getName())));
  }

  @Override
  public Uni<ListTrainingRunsResponse> listTrainingRuns(ListTrainingRunsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<RunView> page = runs.list(request.getPageSize(), request.getPageToken());
          return ListTrainingRunsResponse.newBuilder()
              .addAllTrainingRuns(page.map(TrainingRunMapper::trainingRun).items())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<TrainingRun> cancelTrainingRun(CancelTrainingRunRequest request) {
    return GrpcCalls.onWorker(() -> TrainingRunMapper.trainingRun(runs.cancel(request.getName())));
  }

  @Override
  public Multi<TrainingRun> watchTrainingRun(WatchTrainingRunRequest request) {
    return GrpcCalls.paced(runs.watch(request.getName()).map(TrainingRunMapper::trainingRun));
  }

  @Override
  public Multi<DownloadModelResponse> downloadModel(DownloadModelRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            ChunkedOutput.copy(
                runs.model(request.getName(), request.getFile()),
                chunk -> emitter.emit(DownloadModelResponse.newBuilder().setChunk(chunk).build())));
  }
}
