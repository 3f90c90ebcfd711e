package dev.hemlock.evaluation;

import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.CancelEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.CompareEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.CreateEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.DownloadPredictionsRequest;
import dev.hemlock.proto.evaluation.v1.DownloadPredictionsResponse;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationService;
import dev.hemlock.proto.evaluation.v1.GetEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsResponse;
import dev.hemlock.proto.evaluation.v1.ListEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.ListEvaluationsResponse;
import dev.hemlock.proto.evaluation.v1.PairComparison;
import dev.hemlock.proto.evaluation.v1.WatchEvaluationRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link Evaluations}. */
@GrpcService
public class EvaluationGrpcService implements EvaluationService {
  private final Evaluations evaluations;
  private final Judgements judgements;
  private final BlobStore blobs;

  /** Delegates to {@code evaluations} and {@code judgements}; reads stored predictions from {@code blobs}. */
  public EvaluationGrpcService(Evaluations evaluations, Judgements judgements, BlobStore blobs) {
    this.evaluations = evaluations;
    this.judgements = judgements;
    this.blobs = blobs;
  }

  @Override
  public Uni<Evaluation> createEvaluation(CreateEvaluationRequest request) {
    return GrpcCalls.onWorker(() -> evaluations.create(request.getSpec(), request.getRequestId()));
  }

  @Override
  public Uni<Evaluation> getEvaluation(GetEvaluationRequest request) {
    return GrpcCalls.onWorker(() -> evaluations.get(request.getName()));
  }

  @Override
  public Uni<ListEvaluationsResponse> listEvaluations(ListEvaluationsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<Evaluation> page = evaluations.list(request.getPageSize(), request.getPageToken());
          return ListEvaluationsResponse.newBuilder()
              .addAllEvaluations(page.items())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<Evaluation> cancelEvaluation(CancelEvaluationRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          evaluations.cancel(request.getName());
          return evaluations.get(request.getName());
        });
  }

  @Override
  public Multi<Evaluation> watchEvaluation(WatchEvaluationRequest request) {
    return GrpcCalls.paced(evaluations.watch(request.getName()));
  }

  @Override
  public Uni<PairComparison> compareEvaluations(CompareEvaluationsRequest request) {
    return GrpcCalls.onWorker(() -> evaluations.compare(request));
  }

  @Override
  public Uni<JudgePredictionsResponse> judgePredictions(JudgePredictionsRequest request) {
    return GrpcCalls.onWorker(() -> judgements.judge(request));
  }

  @Override
  public Multi<DownloadPredictionsResponse> downloadPredictions(
      DownloadPredictionsRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            ChunkedOutput.copy(
                blobs.file(
                    Tenant.current(),
                    evaluations.predictions(request.getName(), request.getKind())),
                chunk ->
                    emitter.emit(
                        DownloadPredictionsResponse.newBuilder().setChunk(chunk).build())));
  }
}
