package dev.hemlock.poison;

import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.storage.Page;
import dev.hemlock.proto.poison.v1.CancelPoisoningRequest;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.ExportLabelsRequest;
import dev.hemlock.proto.poison.v1.ExportLabelsResponse;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.GetPoisoningRequest;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.ListFlipsResponse;
import dev.hemlock.proto.poison.v1.ListPoisoningsRequest;
import dev.hemlock.proto.poison.v1.ListPoisoningsResponse;
import dev.hemlock.proto.poison.v1.PoisonService;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link Poisonings}. */
@GrpcService
public class PoisonGrpcService implements PoisonService {
  private final Poisonings poisonings;

  /** Delegates to {@code poisonings}. */
  public PoisonGrpcService(Poisonings poisonings) {
    this.poisonings = poisonings;
  }

  @Override
  public Uni<Poisoning> createPoisoning(CreatePoisoningRequest request) {
    return GrpcCalls.onWorker(
        () ->
            request.getValidateOnly()
                ? poisonings.preview(request.getSpec())
                : PoisoningMapper.poisoning(
                    poisonings.create(request.getSpec(), request.getRequestId())));
  }

  @Override
  public Uni<Poisoning> getPoisoning(GetPoisoningRequest request) {
    return GrpcCalls.onWorker(() -> PoisoningMapper.poisoning(poisonings.get(request.getName())));
  }

  @Override
  public Uni<ListPoisoningsResponse> listPoisonings(ListPoisoningsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<RunView> page = poisonings.list(request.getPageSize(), request.getPageToken());
          return ListPoisoningsResponse.newBuilder()
              .addAllPoisonings(page.items().stream().map(PoisoningMapper::listed).toList())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<Poisoning> cancelPoisoning(CancelPoisoningRequest request) {
    return GrpcCalls.onWorker(
        () -> PoisoningMapper.poisoning(poisonings.cancel(request.getName())));
  }

  @Override
  public Multi<Poisoning> watchPoisoning(WatchPoisoningRequest request) {
    return GrpcCalls.paced(poisonings.watch(request.getName()).map(PoisoningMapper::poisoning));
  }

  @Override
  public Uni<ListFlipsResponse> listFlips(ListFlipsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<Flip> page =
              poisonings.flips(request.getParent(), request.getPageSize(), request.getPageToken());
          return ListFlipsResponse.newBuilder()
              .addAllFlips(page.items())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Multi<ExportLabelsResponse> exportLabels(ExportLabelsRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter -> {
          try (ChunkedOutput out =
              new ChunkedOutput(
                  chunk ->
                      emitter.emit(ExportLabelsResponse.newBuilder().setChunk(chunk).build()))) {
            poisonings.exportLabels(request.getName(), out);
          }
        });
  }
}
