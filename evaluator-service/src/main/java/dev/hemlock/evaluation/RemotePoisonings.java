package dev.hemlock.evaluation;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.hemlock.proto.poison.v1.CancelPoisoningRequest;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.MutinyPoisonServiceGrpc.MutinyPoisonServiceStub;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.RunStatus;
import io.quarkus.grpc.GrpcClient;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;

/** The poison service. */
@Singleton
public class RemotePoisonings implements Jobs<PoisoningSpec, Poisoning> {
  private final MutinyPoisonServiceStub poison;

  /** Calls through {@code poison}. */
  public RemotePoisonings(@GrpcClient("poison") MutinyPoisonServiceStub poison) {
    this.poison = poison;
  }

  @Override
  public Poisoning create(PoisoningSpec spec) {
    CreatePoisoningRequest request = CreatePoisoningRequest.newBuilder().setSpec(spec).build();
    return Calls.await(() -> timed().createPoisoning(request));
  }

  @Override
  public Multi<Poisoning> watch(String name) {
    return poison
        .withDeadlineAfter(Calls.WATCH_SECONDS, SECONDS)
        .watchPoisoning(WatchPoisoningRequest.newBuilder().setName(name).build());
  }

  @Override
  public void cancel(String name) {
    CancelPoisoningRequest request = CancelPoisoningRequest.newBuilder().setName(name).build();
    Calls.await(() -> timed().cancelPoisoning(request));
  }

  @Override
  public String name(Poisoning job) {
    return job.getName();
  }

  @Override
  public RunStatus status(Poisoning job) {
    return job.getStatus();
  }

  /** The first flips by sample id, at most {@code limit}. */
  public List<Flip> firstFlips(String poisoning, int limit) {
    ListFlipsRequest request =
        ListFlipsRequest.newBuilder().setParent(poisoning).setPageSize(limit).build();
    return Calls.await(() -> timed().listFlips(request)).getFlipsList();
  }

  private MutinyPoisonServiceStub timed() {
    return poison.withDeadlineAfter(Calls.DEADLINE_SECONDS, SECONDS);
  }
}
