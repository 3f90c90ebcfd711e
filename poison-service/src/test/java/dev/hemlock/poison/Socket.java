package dev.hemlock.poison;

import dev.hemlock.proto.dataset.v1.DatasetService;
import dev.hemlock.proto.dataset.v1.DatasetServiceClient;
import dev.hemlock.proto.evaluation.v1.EvaluationService;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceClient;
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

  DatasetService dataset() {
    return new DatasetServiceClient("dataset", channel, (name, stub) -> stub);
  }

  EvaluationService evaluation() {
    return new EvaluationServiceClient("evaluation", channel, (name, stub) -> stub);
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
