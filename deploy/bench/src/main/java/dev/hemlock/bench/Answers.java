package dev.hemlock.bench;

import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc.MutinyDatasetServiceStub;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.MutinyTrainingServiceGrpc;
import dev.hemlock.proto.training.v1.MutinyTrainingServiceGrpc.MutinyTrainingServiceStub;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/** Answers the stages' questions to the dataset and the training service, on loopback. */
final class Answers implements AutoCloseable {
  private final Snapshot snapshot;
  private final TrainingRun run;
  private final Server server;
  private final ManagedChannel channel;

  Answers(Snapshot snapshot, TrainingRun run) throws IOException {
    this.snapshot = snapshot;
    this.run = run;
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Datasets())
            .addService(new Trainings())
            .build()
            .start();
    channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
            .build();
  }

  MutinyDatasetServiceStub datasets() {
    return MutinyDatasetServiceGrpc.newMutinyStub(channel);
  }

  MutinyTrainingServiceStub trainings() {
    return MutinyTrainingServiceGrpc.newMutinyStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private static <T> void answer(T value, StreamObserver<T> observer) {
    observer.onNext(value);
    observer.onCompleted();
  }

  private final class Datasets extends DatasetServiceGrpc.DatasetServiceImplBase {
    @Override
    public void getSnapshot(GetSnapshotRequest request, StreamObserver<Snapshot> observer) {
      answer(snapshot, observer);
    }
  }

  private final class Trainings extends TrainingServiceGrpc.TrainingServiceImplBase {
    @Override
    public void getTrainingRun(
        GetTrainingRunRequest request, StreamObserver<TrainingRun> observer) {
      answer(run, observer);
    }
  }
}
