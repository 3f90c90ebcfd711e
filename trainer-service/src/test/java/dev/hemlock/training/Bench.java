package dev.hemlock.training;

import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.torch.TorchConfig;
import dev.hemlock.common.work.CountingStore;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** A train stage on stores in memory. */
final class Bench implements AutoCloseable {
  static final ImageShape GREY = new ImageShape(8, 8, 1);

  final CountingStore store = new CountingStore(new InMemoryObjectStore());
  final FakeDatasets datasets = new FakeDatasets();
  final RecordingPublisher events = new RecordingPublisher();
  final BlobStore blobs;
  final TrainingSnapshots snapshots;

  Bench(Path cache) {
    blobs = new BlobStore(store, cache);
    snapshots = new TrainingSnapshots(datasets.stub(), blobs);
  }

  /** A stage that saves a checkpoint wherever it may if the interval is 0. */
  TrainStage stage(Duration checkpointInterval) {
    return stage(checkpointInterval, Duration.ofMinutes(1));
  }

  TrainStage stage(Duration checkpointInterval, Duration shutdownLoss) {
    TorchConfig torch =
        new TorchConfig() {
          @Override
          public String device() {
            return "cpu";
          }

          @Override
          public int threads() {
            return 1;
          }
        };
    TrainerConfig config =
        new TrainerConfig() {
          @Override
          public Duration checkpointInterval() {
            return checkpointInterval;
          }

          @Override
          public Duration shutdownLoss() {
            return shutdownLoss;
          }

          @Override
          public OptionalLong memoryBytes() {
            return OptionalLong.empty();
          }

          @Override
          public Admission admission() {
            return Admission.OFF;
          }
        };
    return new TrainStage(snapshots, blobs, events, torch, config, "test");
  }

  String snapshot(ImageShape shape, int count) {
    return snapshot(shape, count, Pictures.labels(count));
  }

  String snapshot(ImageShape shape, int count, int[] labels) {
    return datasets.add(Pictures.snapshot(blobs, shape, count, SelectionBlob.all(count), labels));
  }

  TrainingRun train(TrainingSpec spec) throws InterruptedException {
    return train(new MemoryWork(CanonicalJson.of(Recipes.withDefaults(spec))));
  }

  TrainingRun train(MemoryWork work) throws InterruptedException {
    return run(stage(Duration.ofMinutes(1)), work);
  }

  TrainingRun run(TrainStage stage, MemoryWork work) throws InterruptedException {
    return ProtoJson.parse(stage.run(work), TrainingRun.newBuilder()).build();
  }

  byte[] weights(TrainingRun run) {
    return blobs.get(Tenant.current(), Digest.parse(run.getModel().getWeightsDigest()));
  }

  static TrainingSpec spec(String snapshot) {
    return TrainingSpec.newBuilder()
        .setSnapshot(snapshot)
        .setSeed(7)
        .setRecipe(
            Recipe.newBuilder()
                .setArchitecture(Architecture.ARCHITECTURE_SMALLCNN)
                .setEpochs(3)
                .setBatchSize(32))
        .build();
  }

  @Override
  public void close() {
    datasets.close();
  }
}
