package dev.hemlock.evaluation;

import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.CancelExperimentRequest;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.DownloadExperimentReportRequest;
import dev.hemlock.proto.evaluation.v1.DownloadExperimentReportResponse;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentService;
import dev.hemlock.proto.evaluation.v1.GetExperimentReportRequest;
import dev.hemlock.proto.evaluation.v1.GetExperimentRequest;
import dev.hemlock.proto.evaluation.v1.JudgeHarmRequest;
import dev.hemlock.proto.evaluation.v1.JudgeHarmResponse;
import dev.hemlock.proto.evaluation.v1.ListExperimentsRequest;
import dev.hemlock.proto.evaluation.v1.ListExperimentsResponse;
import dev.hemlock.proto.evaluation.v1.PlanExperimentRequest;
import dev.hemlock.proto.evaluation.v1.PlanExperimentResponse;
import dev.hemlock.proto.evaluation.v1.WatchExperimentRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link Experiments}. */
@GrpcService
public class ExperimentGrpcService implements ExperimentService {
  private final Experiments experiments;
  private final BlobStore blobs;

  /** Delegates to {@code experiments}; reads report documents from {@code blobs}. */
  public ExperimentGrpcService(Experiments experiments, BlobStore blobs) {
    this.experiments = experiments;
    this.blobs = blobs;
  }

  @Override
  public Uni<Experiment> createExperiment(CreateExperimentRequest request) {
    return GrpcCalls.onWorker(() -> experiments.create(request.getSpec(), request.getRequestId()));
  }

  @Override
  public Uni<PlanExperimentResponse> planExperiment(PlanExperimentRequest request) {
    return GrpcCalls.onWorker(() -> experiments.plan(request.getSpec()));
  }

  @Override
  public Uni<JudgeHarmResponse> judgeHarm(JudgeHarmRequest request) {
    return GrpcCalls.onWorker(() -> experiments.judge(request));
  }

  @Override
  public Uni<Experiment> getExperiment(GetExperimentRequest request) {
    return GrpcCalls.onWorker(() -> experiments.get(request.getName()));
  }

  @Override
  public Uni<ListExperimentsResponse> listExperiments(ListExperimentsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<Experiment> page = experiments.list(request.getPageSize(), request.getPageToken());
          return ListExperimentsResponse.newBuilder()
              .addAllExperiments(page.items())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<Experiment> cancelExperiment(CancelExperimentRequest request) {
    return GrpcCalls.onWorker(() -> experiments.cancel(request.getName()));
  }

  @Override
  public Multi<Experiment> watchExperiment(WatchExperimentRequest request) {
    return GrpcCalls.paced(experiments.watch(request.getName()));
  }

  @Override
  public Uni<ExperimentReport> getExperimentReport(GetExperimentReportRequest request) {
    return GrpcCalls.onWorker(() -> experiments.report(request.getName()));
  }

  @Override
  public Multi<DownloadExperimentReportResponse> downloadExperimentReport(
      DownloadExperimentReportRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            ChunkedOutput.copy(
                blobs.file(
                    Tenant.current(), experiments.document(request.getName(), request.getFormat())),
                chunk ->
                    emitter.emit(
                        DownloadExperimentReportResponse.newBuilder().setChunk(chunk).build())));
  }
}
