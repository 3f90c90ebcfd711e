package dev.hemlock.evaluation;

import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.LocalEventFeed;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.ledger.Claim;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.RunsFactory;
import dev.hemlock.common.work.Stage;
import dev.hemlock.common.work.WorkSettings;
import dev.hemlock.common.work.Worker;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.poison.v1.MutinyPoisonServiceGrpc;
import dev.hemlock.proto.training.v1.MutinyTrainingServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The evaluator with a real ledger and real work loops over a store in memory, and the other
 * services pretended behind a real gRPC connection. A bell rings a worker directly.
 */
final class Lab implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final InMemoryObjectStore store = new InMemoryObjectStore();
  final RecordingPublisher published = new RecordingPublisher();
  final FakeServices services;
  final BlobStore blobs;
  final Evaluations evaluations;
  final Experiments experiments;
  final Judgements judgements;
  final Interests interests;
  final Detections detections;
  final Certifications certifications;
  private final LocalEventFeed feed = new LocalEventFeed();
  private ExecutorService workers = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final Server server;
  private final ManagedChannel channel;
  private final Map<String, Stage> stages;
  private volatile boolean shuttingDown;
  private volatile boolean working = true;

  Lab(Path cache) throws IOException {
    blobs = new BlobStore(store, cache);
    services = new FakeServices(() -> blobs);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(services.new Dataset())
            .addService(services.new Poison())
            .addService(services.new Training())
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    RemoteDatasets datasets =
        new RemoteDatasets(MutinyDatasetServiceGrpc.newMutinyStub(channel), blobs);
    RemotePoisonings poisonings =
        new RemotePoisonings(MutinyPoisonServiceGrpc.newMutinyStub(channel));
    RemoteTrainings trainings =
        new RemoteTrainings(MutinyTrainingServiceGrpc.newMutinyStub(channel));
    RunsFactory runs =
        new RunsFactory(store, publisher(), this::ring, feed, stage -> OptionalInt.empty());
    interests = new Interests(store);
    evaluations = new Evaluations(runs, trainings, datasets);
    detections = new Detections(runs, datasets, trainings, poisonings, blobs);
    ExperimentJobs jobs =
        new ExperimentJobs(
            poisonings, trainings, evaluations, detections, interests, Duration.ofMillis(200));
    judgements = new Judgements(datasets, blobs);
    experiments = new Experiments(runs, datasets, jobs, blobs);
    certifications = new Certifications(runs, datasets, trainings, evaluations, blobs);
    stages =
        Map.of(
            CertifyStage.NAME,
            new CertifyStage(certifications, jobs, datasets, blobs),
            DetectStage.NAME,
            new DetectStage(detections, jobs, datasets, poisonings, blobs),
            EvaluateStage.NAME,
            new EvaluateStage(trainings, datasets, blobs, new FakePredictor()),
            ExperimentStage.NAME,
            new ExperimentStage(
                experiments,
                jobs,
                new ExperimentReporter(datasets, poisonings, blobs),
                new Sanitiser(detections, datasets, blobs),
                new TransitionEstimator(blobs)));
  }

  /** Everything published wakes those who watch. */
  private EventPublisher publisher() {
    return (topic, id, type, subject, data, attributes) -> {
      published.publish(topic, id, type, subject, data, attributes);
      feed.tell(new EventFeed.Event("default", id, type, subject, new byte[0]));
    };
  }

  /** Leaves bells unanswered, as if no worker ran. */
  void leaveWorkWaiting() {
    working = false;
  }

  void ring(String stage, String name) {
    if (working) {
      workers.execute(() -> work(stages.get(stage), name));
    }
  }

  private void work(Stage stage, String name) {
    try {
      worker(stage).handle(name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Worker worker(Stage stage) {
    return new Worker(
        stage,
        new Ledger(store, Tenant.current(), stage.kind(), stage.name()),
        store,
        publisher(),
        quick(),
        timer,
        () -> shuttingDown,
        "lab");
  }

  private static WorkSettings quick() {
    Duration tick = Duration.ofMillis(20);
    return new WorkSettings(
        tick, tick, Duration.ofSeconds(2), tick, tick, Duration.ofSeconds(1), tick, tick, tick);
  }

  /** Waits until an experiment looks as wanted. */
  Experiment seen(String name, Predicate<Experiment> wanted) {
    return experiments.watch(name).filter(wanted).toUni().await().atMost(PATIENCE);
  }

  /** Waits until an experiment has ended. */
  Experiment ended(String name) {
    return experiments.watch(name).collect().last().await().atMost(PATIENCE);
  }

  /** Claims an experiment as workers do that die at once. */
  void claimAndDie(String experiment, int times) {
    Ledger ledger = new Ledger(store, Tenant.current(), ExperimentStage.KIND, ExperimentStage.NAME);
    int last = ledger.look(experiment).orElseThrow().epoch();
    for (int epoch = last + 1; epoch <= last + times; epoch++) {
      ledger.claim(experiment, epoch, new Claim(1, 1, "dead" + epoch, Instant.now()));
    }
  }

  /** Has all work handed back, as at the end of a process, and then starts workers again. */
  void restartWorkers() {
    shuttingDown = true;
    finishWork();
    workers = Executors.newCachedThreadPool();
    shuttingDown = false;
  }

  /** Waits until the workers have nothing in hand. */
  void finishWork() {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("work went on after " + PATIENCE);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    shuttingDown = true;
    workers.shutdownNow();
    timer.shutdownNow();
    channel.shutdownNow();
    server.shutdownNow();
  }
}
