package dev.hemlock.evaluation;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.CancelTrainingRunRequest;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import dev.hemlock.proto.training.v1.MutinyTrainingServiceGrpc.MutinyTrainingServiceStub;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.quarkus.grpc.GrpcClient;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;

/** The training service. */
@Singleton
public class RemoteTrainings implements Jobs<TrainingSpec, TrainingRun> {
  private static final String SERVICE = "training";

  private final MutinyTrainingServiceStub training;

  /** Calls through {@code training}. */
  public RemoteTrainings(@GrpcClient("training") MutinyTrainingServiceStub training) {
    this.training = training;
  }

  private MutinyTrainingServiceStub training() {
    return RemoteCalls.inTenant(training);
  }

  @Override
  public TrainingRun create(TrainingSpec spec) {
    CreateTrainingRunRequest request = CreateTrainingRunRequest.newBuilder().setSpec(spec).build();
    return RemoteCalls.await(SERVICE, training().createTrainingRun(request));
  }

  @Override
  public TrainingRun preview(TrainingSpec spec) {
    CreateTrainingRunRequest request =
        CreateTrainingRunRequest.newBuilder().setSpec(spec).setValidateOnly(true).build();
    return RemoteCalls.await(SERVICE, training().createTrainingRun(request));
  }

  @Override
  public Multi<TrainingRun> watch(String name) {
    return training()
        .withDeadlineAfter(WATCH.toSeconds(), SECONDS)
        .watchTrainingRun(WatchTrainingRunRequest.newBuilder().setName(name).build());
  }

  @Override
  public void cancel(String name) {
    CancelTrainingRunRequest request = CancelTrainingRunRequest.newBuilder().setName(name).build();
    RemoteCalls.await(SERVICE, training().cancelTrainingRun(request));
  }

  @Override
  public String name(TrainingRun job) {
    return job.getName();
  }

  @Override
  public RunStatus status(TrainingRun job) {
    return job.getStatus();
  }

  /** Some of the training runs there are, at most {@code limit}. */
  public List<TrainingRun> some(int limit) {
    ListTrainingRunsRequest request =
        ListTrainingRunsRequest.newBuilder().setPageSize(limit).build();
    return RemoteCalls.await(SERVICE, training().listTrainingRuns(request)).getTrainingRunsList();
  }

  /** Reads one training run; NOT_FOUND if there is none of that name. */
  public TrainingRun get(String name) {
    GetTrainingRunRequest request = GetTrainingRunRequest.newBuilder().setName(name).build();
    return RemoteCalls.await(SERVICE, training().getTrainingRun(request));
  }
}
