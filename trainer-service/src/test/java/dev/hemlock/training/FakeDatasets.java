package dev.hemlock.training;

import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc.MutinyDatasetServiceStub;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.VerifyAdmissionRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A dataset service with snapshots in memory, behind a real socket on loopback. */
final class FakeDatasets extends DatasetServiceGrpc.DatasetServiceImplBase
    implements AutoCloseable {
  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
  private final Set<String> admitted = ConcurrentHashMap.newKeySet();
  private final Server server;
  private final ManagedChannel channel;

  FakeDatasets() {
    try {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(this)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
            .build();
  }

  MutinyDatasetServiceStub stub() {
    return MutinyDatasetServiceGrpc.newMutinyStub(channel);
  }

  /** Adds a snapshot under the name that its content gives it. */
  String add(Snapshot.Builder content) {
    content.clearName();
    String name = "snapshots/" + CanonicalJson.digest(content);
    snapshots.put(name, content.setName(name).build());
    return name;
  }

  @Override
  public void getSnapshot(GetSnapshotRequest request, StreamObserver<Snapshot> answer) {
    Snapshot snapshot = snapshots.get(request.getName());
    if (snapshot == null) {
      answer.onError(
          Status.NOT_FOUND.withDescription("There is no " + request.getName()).asException());
    } else {
      answer.onNext(snapshot);
      answer.onCompleted();
    }
  }

  /** Admits a snapshot. */
  void admit(String name) {
    admitted.add(name);
  }

  @Override
  public void verifyAdmission(VerifyAdmissionRequest request, StreamObserver<Admission> answer) {
    boolean good = admitted.contains(request.getSnapshot());
    answer.onNext(
        Admission.newBuilder()
            .setSnapshot(request.getSnapshot())
            .setAdmitted(good)
            .setSentence(good ? "Approved." : "3 labels differ without an approval.")
            .build());
    answer.onCompleted();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
