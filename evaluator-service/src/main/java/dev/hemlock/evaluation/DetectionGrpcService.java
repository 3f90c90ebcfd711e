package dev.hemlock.evaluation;

import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.CancelDetectionRequest;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.DetectionService;
import dev.hemlock.proto.evaluation.v1.DownloadDetectionRequest;
import dev.hemlock.proto.evaluation.v1.DownloadDetectionResponse;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerRequest;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerResponse;
import dev.hemlock.proto.evaluation.v1.GetDetectionRequest;
import dev.hemlock.proto.evaluation.v1.ListDetectionsRequest;
import dev.hemlock.proto.evaluation.v1.ListDetectionsResponse;
import dev.hemlock.proto.evaluation.v1.ScoreDetectionRequest;
import dev.hemlock.proto.evaluation.v1.WatchDetectionRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link Detections}. */
@GrpcService
public class DetectionGrpcService implements DetectionService {
  private final Detections detections;
  private final BlobStore blobs;

  /** Delegates to {@code detections}; reads judged labels from {@code blobs}. */
  public DetectionGrpcService(Detections detections, BlobStore blobs) {
    this.detections = detections;
    this.blobs = blobs;
  }

  @Override
  public Uni<Detection> createDetection(CreateDetectionRequest request) {
    return GrpcCalls.onWorker(() -> detections.create(request.getSpec(), request.getRequestId()));
  }

  @Override
  public Uni<Detection> getDetection(GetDetectionRequest request) {
    return GrpcCalls.onWorker(() -> detections.get(request.getName()));
  }

  @Override
  public Uni<ListDetectionsResponse> listDetections(ListDetectionsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<Detection> page = detections.list(request.getPageSize(), request.getPageToken());
          return ListDetectionsResponse.newBuilder()
              .addAllDetections(page.items())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<Detection> cancelDetection(CancelDetectionRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          detections.cancel(request.getName());
          return detections.get(request.getName());
        });
  }

  @Override
  public Multi<Detection> watchDetection(WatchDetectionRequest request) {
    return GrpcCalls.paced(detections.watch(request.getName()));
  }

  @Override
  public Multi<DownloadDetectionResponse> downloadDetection(DownloadDetectionRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            ChunkedOutput.copy(
                blobs.file(Tenant.current(), detections.labels(request.getName())),
                chunk ->
                    emitter.emit(DownloadDetectionResponse.newBuilder().setChunk(chunk).build())));
  }

  @Override
  public Uni<DetectionScore> scoreDetection(ScoreDetectionRequest request) {
    return GrpcCalls.onWorker(
        () -> detections.score(request.getDetection(), request.getPoisoning()));
  }

  @Override
  public Uni<EstimateDetectionPowerResponse> estimateDetectionPower(
      EstimateDetectionPowerRequest request) {
    return GrpcCalls.onWorker(() -> Detections.power(request));
  }
}
