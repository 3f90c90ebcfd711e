package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.run.v1.WorkServiceGrpc;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Channels to the services, one for each distinct address. */
final class Connection implements AutoCloseable {
  private final String address;
  private final Map<Service, String> overrides;
  private final Identity identity;
  private final Map<String, ManagedChannel> channels = new HashMap<>();

  /**
   * @param address host:port of every service that is not overridden
   * @param overrides host:port of single services
   * @param identity who calls
   */
  Connection(String address, Map<Service, String> overrides, Identity identity) {
    this.identity = identity;
    this.address = address;
    this.overrides = Map.copyOf(overrides);
  }

  DatasetServiceGrpc.DatasetServiceBlockingStub datasets() {
    return DatasetServiceGrpc.newBlockingStub(channel(Service.DATASET));
  }

  DatasetServiceGrpc.DatasetServiceStub datasetStreams() {
    return DatasetServiceGrpc.newStub(channel(Service.DATASET));
  }

  PoisonServiceGrpc.PoisonServiceBlockingStub poisonings() {
    return PoisonServiceGrpc.newBlockingStub(channel(Service.POISON));
  }

  TrainingServiceGrpc.TrainingServiceBlockingStub trainings() {
    return TrainingServiceGrpc.newBlockingStub(channel(Service.TRAINING));
  }

  EvaluationServiceGrpc.EvaluationServiceBlockingStub evaluations() {
    return EvaluationServiceGrpc.newBlockingStub(channel(Service.EVALUATION));
  }

  DetectionServiceGrpc.DetectionServiceBlockingStub detections() {
    return DetectionServiceGrpc.newBlockingStub(channel(Service.EVALUATION));
  }

  CertificationServiceGrpc.CertificationServiceBlockingStub certifications() {
    return CertificationServiceGrpc.newBlockingStub(channel(Service.EVALUATION));
  }

  ExperimentServiceGrpc.ExperimentServiceBlockingStub experiments() {
    return ExperimentServiceGrpc.newBlockingStub(channel(Service.EVALUATION));
  }

  /** One for each service whose runs are worked on. */
  List<WorkServiceGrpc.WorkServiceBlockingStub> workers() {
    return Stream.of(Service.POISON, Service.TRAINING, Service.EVALUATION)
        .map(this::channel)
        .distinct()
        .map(WorkServiceGrpc::newBlockingStub)
        .toList();
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  private ManagedChannel channel(Service service) {
    return channels.computeIfAbsent(
        overrides.getOrDefault(service, address),
        target -> {
          identity.requireSafe(target);
          return Grpc.newChannelBuilder(target, identity.credentials())
              .intercept(identity.interceptor())
              .maxInboundMessageSize(64 << 20)
              .build();
        });
  }
}
