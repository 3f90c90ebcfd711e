package dev.hemlock.bench;

import com.google.protobuf.Message;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.MinioObjectStore;
import dev.hemlock.common.torch.TorchConfig;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.work.Stage;
import dev.hemlock.embedded.EmbeddedStore;
import dev.hemlock.evaluation.EvaluateStage;
import dev.hemlock.evaluation.RemoteDatasets;
import dev.hemlock.evaluation.RemoteTrainings;
import dev.hemlock.evaluation.TorchPredictor;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.training.TrainStage;
import dev.hemlock.training.TrainerConfig;
import dev.hemlock.training.TrainingSnapshots;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Hemlock's side of a comparison: the train or the evaluate stage as it runs in a service, but going
 * only as far as it is told. A line of standard input is a number of steps; the line of standard
 * output that answers it is the seconds they took and the seconds that threads spent in native
 * steps meanwhile.
 *
 * <p>Arguments: {@code train|evaluate DATA SNAPSHOT RUN THREADS N}. DATA is the data directory of an
 * embedded default that isn't running; SNAPSHOT and RUN are files of protobuf JSON. It trains by
 * RUN's spec on the snapshot, N runs that differ in the seed at once, or evaluates RUN's model on
 * the snapshot's test split over and over.
 */
public final class Worker {
  private static final String KEY = "bench";

  private final Path data;
  private final Snapshot snapshot;
  private final TrainingRun run;
  private final Settings settings;

  private record Settings(int threads) implements TorchConfig, TrainerConfig {
    private static final Duration NEVER = Duration.ofDays(1);

    @Override
    public Admission admission() {
      return Admission.OFF;
    }

    @Override
    public String device() {
      return "cpu";
    }

    @Override
    public Duration checkpointInterval() {
      return NEVER;
    }

    @Override
    public Duration shutdownLoss() {
      return NEVER;
    }

    @Override
    public OptionalLong memoryBytes() {
      return OptionalLong.empty();
    }
  }

  private Worker(Path data, Snapshot snapshot, TrainingRun run, Settings settings) {
    this.data = data;
    this.snapshot = snapshot;
    this.run = run;
    this.settings = settings;
  }

  /** Serves until standard input ends. */
  public static void main(String... arguments) throws IOException {
    Snapshot snapshot = read(arguments[2], Snapshot.newBuilder()).build();
    TrainingRun.Builder run = read(arguments[3], TrainingRun.newBuilder());
    run.getSpecBuilder().setSnapshot(snapshot.getName());
    Settings settings = new Settings(Integer.parseInt(arguments[4]));
    new Worker(Path.of(arguments[1]), snapshot, run.build(), settings)
        .serve(arguments[0].equals("train"), Integer.parseInt(arguments[5]));
    System.exit(0);
  }

  private void serve(boolean train, int count) throws IOException {
    try (EmbeddedStore store = EmbeddedStore.start(data.resolve("store"), 0, KEY, KEY);
        Answers answers = new Answers(snapshot, run)) {
      BlobStore blobs =
          new BlobStore(
              new MinioObjectStore(store.endpoint(), "us-east-1", KEY, KEY, "hemlock"),
              data.resolve("cache"));
      List<GatedWork> works = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        GatedWork work = train ? training(answers, blobs, i) : evaluation(answers, blobs);
        work.awaitGate();
        works.add(work);
      }
      serve(works, TorchEngine.start(settings.threads()));
    }
  }

  private GatedWork training(Answers answers, BlobStore blobs, int seed) {
    TrainStage stage =
        new TrainStage(
            new TrainingSnapshots(answers.datasets(), blobs),
            blobs,
            (topic, id, type, subject, event, attributes) -> {},
            settings,
            settings,
            "bench");
    return start(stage, CanonicalJson.of(run.getSpec().toBuilder().setSeed(seed)));
  }

  private GatedWork evaluation(Answers answers, BlobStore blobs) {
    EvaluateStage stage =
        new EvaluateStage(
            new RemoteTrainings(answers.trainings()),
            new RemoteDatasets(answers.datasets(), blobs),
            blobs,
            new TorchPredictor(settings));
    EvaluationSpec.Builder spec =
        EvaluationSpec.newBuilder()
            .setTrainingRun(run.getName())
            .setSnapshot(snapshot.getName())
            .setSplit("test");
    return start(stage, CanonicalJson.of(spec));
  }

  private static GatedWork start(Stage stage, byte[] spec) {
    GatedWork work = new GatedWork(spec);
    Thread thread = new Thread(() -> repeat(stage, work), "bench-" + stage.name());
    thread.setDaemon(true);
    thread.start();
    return work;
  }

  private static void repeat(Stage stage, GatedWork work) {
    try {
      while (true) {
        stage.run(work);
      }
    } catch (Exception | Error e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void serve(List<GatedWork> works, TorchEngine engine) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int steps = Integer.parseInt(line);
      long inside = engine.nativeNanos();
      long start = System.nanoTime();
      works.forEach(work -> work.release(steps));
      works.forEach(GatedWork::awaitGate);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.println(seconds + " " + (engine.nativeNanos() - inside) / 1e9);
    }
  }

  private static <B extends Message.Builder> B read(String file, B builder) throws IOException {
    return ProtoJson.parse(Files.readAllBytes(Path.of(file)), builder);
  }
}
