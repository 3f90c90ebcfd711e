package dev.hemlock.poison;

import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc.MutinyDatasetServiceStub;
import dev.hemlock.proto.evaluation.v1.MutinyEvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.MutinyEvaluationServiceGrpc.MutinyEvaluationServiceStub;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Neighbouring services behind a real socket on loopback. */
final class Socket implements AutoCloseable {
  private final Server server;
  private final ManagedChannel channel;

  Socket(BindableService dataset, BindableService evaluation) {
    try {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(dataset)
              .addService(evaluation)
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

  MutinyDatasetServiceStub dataset() {
    return MutinyDatasetServiceGrpc.newMutinyStub(channel);
  }

  MutinyEvaluationServiceStub evaluation() {
    return MutinyEvaluationServiceGrpc.newMutinyStub(channel);
  }

  void stopServer() {
    server.shutdownNow();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
