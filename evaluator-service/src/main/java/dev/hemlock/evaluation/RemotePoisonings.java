package dev.hemlock.evaluation;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.proto.poison.v1.CancelPoisoningRequest;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.GetPoisoningRequest;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.ListFlipsResponse;
import dev.hemlock.proto.poison.v1.MutinyPoisonServiceGrpc.MutinyPoisonServiceStub;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.RunStatus;
import io.quarkus.grpc.GrpcClient;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** The poison service. */
@Singleton
public class RemotePoisonings implements Jobs<PoisoningSpec, Poisoning> {
  private static final String SERVICE = "poison";
  private static final int PAGE = 10_000;

  private final MutinyPoisonServiceStub poison;

  /** Calls through {@code poison}. */
  public RemotePoisonings(@GrpcClient("poison") MutinyPoisonServiceStub poison) {
    this.poison = poison;
  }

  private MutinyPoisonServiceStub poison() {
    return RemoteCalls.inTenant(poison);
  }

  @Override
  public Poisoning create(PoisoningSpec spec) {
    CreatePoisoningRequest request = CreatePoisoningRequest.newBuilder().setSpec(spec).build();
    return RemoteCalls.await(SERVICE, poison().createPoisoning(request));
  }

  @Override
  public Poisoning preview(PoisoningSpec spec) {
    CreatePoisoningRequest request =
        CreatePoisoningRequest.newBuilder().setSpec(spec).setValidateOnly(true).build();
    return RemoteCalls.await(SERVICE, poison().createPoisoning(request));
  }

  @Override
  public Multi<Poisoning> watch(String name) {
    return poison()
        .withDeadlineAfter(WATCH.toSeconds(), SECONDS)
        .watchPoisoning(WatchPoisoningRequest.newBuilder().setName(name).build());
  }

  @Override
  public void cancel(String name) {
    CancelPoisoningRequest request = CancelPoisoningRequest.newBuilder().setName(name).build();
    RemoteCalls.await(SERVICE, poison().cancelPoisoning(request));
  }

  @Override
  public String name(Poisoning job) {
    return job.getName();
  }

  @Override
  public RunStatus status(Poisoning job) {
    return job.getStatus();
  }

  /** Reads one poisoning; NOT_FOUND if there is none of that name. */
  public Poisoning get(String name) {
    GetPoisoningRequest request = GetPoisoningRequest.newBuilder().setName(name).build();
    return RemoteCalls.await(SERVICE, poison().getPoisoning(request));
  }

  /** Every flip, by sample id. */
  public List<Flip> flips(String poisoning) {
    List<Flip> flips = new ArrayList<>();
    ListFlipsRequest.Builder request =
        ListFlipsRequest.newBuilder().setParent(poisoning).setPageSize(PAGE);
    do {
      ListFlipsResponse page = RemoteCalls.await(SERVICE, poison().listFlips(request.build()));
      flips.addAll(page.getFlipsList());
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return flips;
  }

  /** The first flips by sample id, at most {@code limit}. */
  public List<Flip> firstFlips(String poisoning, int limit) {
    ListFlipsRequest request =
        ListFlipsRequest.newBuilder().setParent(poisoning).setPageSize(limit).build();
    return RemoteCalls.await(SERVICE, poison().listFlips(request)).getFlipsList();
  }
}
