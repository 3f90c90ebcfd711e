package dev.hemlock.training;

import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.random.RandomStream;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.TorchConfig;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TrainingMethod;
import dev.hemlock.common.work.Stage;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.training.v1.Model;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingEnvironment;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Trains the model of one training run. */
@Singleton
public class TrainStage implements Stage {
  static final String KIND = "trainingRuns";
  static final String NAME = "train";

  private final TrainingSnapshots snapshots;
  private final Models models;
  private final EventPublisher events;
  private final TorchConfig torch;
  private final TrainerConfig config;
  private final String version;

  /**
   * Reads through {@code snapshots} and stores models in {@code blobs}.
   *
   * @param version Hemlock's
   */
  public TrainStage(
      TrainingSnapshots snapshots,
      BlobStore blobs,
      EventPublisher events,
      TorchConfig torch,
      TrainerConfig config,
      @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
          String version) {
    this.snapshots = snapshots;
    this.models = new Models(blobs);
    this.events = events;
    this.torch = torch;
    this.config = config;
    this.version = version;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] run(Work work) throws InterruptedException {
    TrainingSpec spec = TrainingRunMapper.spec(work.spec());
    Recipe recipe = spec.getRecipe();
    TorchDevice device = TorchDevice.parse(torch.device());
    TrainingRules.checkPrecision(recipe, device.isCpu(), Processor.here());
    Snapshot snapshot = snapshots.describe(spec.getSnapshot());
    Split split = TrainingRules.check(spec, snapshot);
    TrainingRules.checkMemory(spec, snapshot, config.memoryBytes());
    TrainingSet set = snapshots.read(snapshot, split);
    boolean resident = TrainingRules.staysOn(device, spec, snapshot, config.memoryBytes());
    Normalisation normalisation = Normalisation.of(set);
    Network network =
        Network.of(
            Recipes.architecture(recipe),
            TrainingSnapshots.shape(snapshot),
            set.classNames().size());
    NetworkState initial = network.initial(spec.getSeed());
    TrainingMethod method = Methods.of(recipe, network, spec.getSeed());
    Loss loss = Losses.of(recipe, set.size());
    TorchEngine engine = TorchEngine.start(torch.threads());
    TrainingCheckpoints checkpoints =
        new TrainingCheckpoints(
            work.checkpoints(), set.size(), config.checkpointInterval(), config.shutdownLoss());
    try (EpochFacts facts = new EpochFacts(events, work, recipe.getEpochs());
        TorchTraining training =
            new TorchTraining(
                engine,
                device,
                Recipes.precision(recipe),
                initial,
                Recipes.optimizer(recipe),
                loss,
                method,
                normalisation.mean(),
                normalisation.deviation())) {
      TrainingLoop.Outcome outcome =
          new TrainingLoop(set, recipe, spec.getSeed(), resident, facts::ended)
              .run(training, Methods.initialDigests(initial, method), work, checkpoints);
      Model model =
          models.store(
              work.name(),
              spec,
              set.classNames(),
              outcome.state(),
              normalisation,
              outcome.stream());
      return ProtoJson.bytes(
          TrainingRun.newBuilder()
              .addAllEpochs(outcome.epochs())
              .setModel(model)
              .setStreamDigest(outcome.stream().toString())
              .setEnvironment(environment(engine, device))
              .build());
    }
  }

  private TrainingEnvironment environment(TorchEngine engine, TorchDevice device) {
    return TrainingEnvironment.newBuilder()
        .setDevice(device.name())
        .setThreads(engine.threads())
        .setEngine(engine.version())
        .setProcessor(Processor.here().model())
        .setGenerator(RandomStream.VERSION)
        .setHemlockVersion(version)
        .setCudnnBenchmark(engine.benchmarksConvolutions())
        .setCudnnDeterministic(engine.convolvesDeterministically())
        .setTf32(engine.shortensFloats())
        .build();
  }
}
