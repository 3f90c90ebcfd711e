package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.torch.Safetensors;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.work.CheckpointStore;
import dev.hemlock.common.work.CheckpointStore.Checkpoint;
import dev.hemlock.common.work.CheckpointStore.Part;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one run, at the pace of {@link CheckpointPace}. */
final class TrainingCheckpoints {
  private static final String STATE = "state.safetensors";
  private static final String POSITION = "position.safetensors";
  private static final String EPOCHS = "epochs.json";
  private static final long PUT_OFF_NANOS = Duration.ofSeconds(10).toNanos();
  private static final Logger log = LoggerFactory.getLogger(TrainingCheckpoints.class);

  private final CheckpointStore store;
  private final int samples;
  private final CheckpointPace pace;
  private final long shutdownLossNanos;
  private long notBefore = System.nanoTime();
  private int lastStep;

  /**
   * Where a run stands.
   *
   * @param epoch from 0
   * @param position samples of that epoch trained on
   * @param seconds spent on that epoch
   * @param epochs what the epochs before gave
   */
  record Position(int epoch, int position, double seconds, List<EpochMetrics> epochs) {
    static final Position START = new Position(0, 0, 0, List.of());

    Position {
      epochs = List.copyOf(epochs);
    }
  }

  /**
   * The checkpoints of a run.
   *
   * @param samples an epoch
   * @param interval the least time between two; zero for one after every step
   * @param shutdownLoss how much work a shutdown may lose
   */
  TrainingCheckpoints(
      CheckpointStore store, int samples, Duration interval, Duration shutdownLoss) {
    this.store = store;
    this.samples = samples;
    this.pace = new CheckpointPace(interval, System.nanoTime());
    this.shutdownLossNanos = shutdownLoss.toNanos();
  }

  /** Whether it is time for the next. */
  boolean due() {
    long now = System.nanoTime();
    return now - notBefore >= 0 && pace.due(now);
  }

  /**
   * Saves the state of a run whose process shuts down, if too much work would be lost and the grace
   * is not over. What keeps it from being saved is only logged.
   *
   * @throws dev.hemlock.common.work.Work.Stopped if another worker took over or the run was
   *     cancelled
   */
  void saveBeforeLeaving(TorchTraining training, Position position) {
    boolean worthwhile =
        pace.since(System.nanoTime()) >= shutdownLossNanos && step(position) > lastStep;
    // An interrupt is the end of the grace: libtorch must not be used any more.
    if (!worthwhile || Thread.currentThread().isInterrupted()) {
      return;
    }
    try {
      save(training, position);
    } catch (HemlockException e) {
      log.atWarn().addKeyValue("error", e.getMessage()).log("last state not saved");
    }
  }

  /**
   * Saves a run's state, unless the store or the temporary folder can't take it now: training goes on
   * then, and the next batches try again after a while.
   *
   * @throws dev.hemlock.common.work.Work.Stopped if another worker took over or the run was
   *     cancelled
   */
  void saveIfPossible(TorchTraining training, Position position) {
    try {
      save(training, position);
    } catch (HemlockException e) {
      if (!e.retryable()) {
        throw e;
      }
      log.atWarn().addKeyValue("error", e.getMessage()).log("checkpoint put off");
      notBefore = System.nanoTime() + PUT_OFF_NANOS;
    }
  }

  /** Saves a run's state. */
  void save(TorchTraining training, Position position) {
    long start = System.nanoTime();
    Path file = temporary();
    try {
      write(training, file);
      Safetensors where =
          new Safetensors(
              Map.of(
                  "position",
                  Safetensors.Tensor.of(
                      List.of(2L), new long[] {position.epoch(), position.position()}),
                  "seconds",
                  Safetensors.Tensor.of(List.of(), new double[] {position.seconds()})),
              Map.of());
      TrainingRun epochs = TrainingRun.newBuilder().addAllEpochs(position.epochs()).build();
      store.save(
          step(position),
          Map.of(
              STATE, Part.of(file),
              POSITION, Part.of(where.bytes()),
              EPOCHS, Part.of(ProtoJson.bytes(epochs))));
    } finally {
      delete(file);
    }
    pace.wrote(start, System.nanoTime());
    lastStep = step(position);
  }

  /** Puts a run into its newest saved state and says where it stands. */
  Position restore(TorchTraining training) {
    Optional<Checkpoint> latest = store.latest();
    if (latest.isEmpty()) {
      return Position.START;
    }
    try (Checkpoint checkpoint = latest.get()) {
      training.restore(Safetensors.read(checkpoint.file(STATE)));
      Safetensors where = Safetensors.read(java.nio.ByteBuffer.wrap(checkpoint.bytes(POSITION)));
      long[] position = where.tensor("position", List.of(2L)).longs();
      TrainingRun epochs =
          ProtoJson.parse(checkpoint.bytes(EPOCHS), TrainingRun.newBuilder()).build();
      lastStep = checkpoint.step();
      return new Position(
          Math.toIntExact(position[0]),
          Math.toIntExact(position[1]),
          where.tensor("seconds", List.of()).doubles()[0],
          epochs.getEpochsList());
    }
  }

  private int step(Position position) {
    long trained = (long) position.epoch() * samples + position.position();
    return (int) Math.min(Integer.MAX_VALUE, trained);
  }

  private static void write(TorchTraining training, Path file) {
    try {
      training.save().write(file);
    } catch (UncheckedIOException e) {
      throw noRoom(e.getCause());
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("hemlock-checkpoint", ".safetensors");
    } catch (IOException e) {
      throw noRoom(e);
    }
  }

  private static HemlockException noRoom(IOException e) {
    return HemlockException.unavailable(
            "Could not write a checkpoint to the temporary folder (%s); make room there"
                .formatted(e.getMessage()))
        .because(e);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
