package dev.hemlock.faults;

import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A caller of the services that does what the documentation asks: it repeats what is UNAVAILABLE. */
final class Api implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;
  private static final long PAUSE_MILLIS = 200;

  private final Map<Service, ManagedChannel> channels = new EnumMap<>(Service.class);

  Api(Cluster cluster) {
    for (Service service : Service.values()) {
      channels.put(
          service,
          Grpc.newChannelBuilderForAddress(
                  "127.0.0.1", cluster.port(service), InsecureChannelCredentials.create())
              .maxInboundMessageSize(64 << 20)
              .build());
    }
  }

  ManagedChannel channel(Service service) {
    return channels.get(service);
  }

  DatasetServiceGrpc.DatasetServiceStub datasetStreams() {
    return DatasetServiceGrpc.newStub(channel(Service.DATASET));
  }

  DatasetServiceGrpc.DatasetServiceBlockingStub datasets() {
    return DatasetServiceGrpc.newBlockingStub(channel(Service.DATASET))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  PoisonServiceGrpc.PoisonServiceBlockingStub poisonings() {
    return PoisonServiceGrpc.newBlockingStub(channel(Service.POISON))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  TrainingServiceGrpc.TrainingServiceBlockingStub trainings() {
    return TrainingServiceGrpc.newBlockingStub(channel(Service.TRAINER))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  EvaluationServiceGrpc.EvaluationServiceBlockingStub evaluations() {
    return EvaluationServiceGrpc.newBlockingStub(channel(Service.EVALUATOR))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  ExperimentServiceGrpc.ExperimentServiceBlockingStub experiments() {
    return ExperimentServiceGrpc.newBlockingStub(channel(Service.EVALUATOR))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  CertificationServiceGrpc.CertificationServiceBlockingStub certifications() {
    return CertificationServiceGrpc.newBlockingStub(channel(Service.EVALUATOR))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  DetectionServiceGrpc.DetectionServiceBlockingStub detections() {
    return DetectionServiceGrpc.newBlockingStub(channel(Service.EVALUATOR))
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  /** Repeats a call until it is answered; any other status counts. */
  static <T> T insist(Supplier<T> call) throws InterruptedException {
    long end = System.nanoTime() + Cluster.PATIENCE.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (!isAway(e) || System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static boolean isAway(StatusRuntimeException failure) {
    Status.Code code = failure.getStatus().getCode();
    return code == Status.Code.UNAVAILABLE
        || code == Status.Code.DEADLINE_EXCEEDED
        || failure.getCause() instanceof ClosedChannelException;
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
