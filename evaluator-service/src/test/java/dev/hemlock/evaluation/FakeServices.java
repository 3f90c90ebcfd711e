package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc.DatasetServiceImplBase;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetProvenanceRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotStatisticsRequest;
import dev.hemlock.proto.dataset.v1.ImageShape;
import dev.hemlock.proto.dataset.v1.Provenance;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesRequest;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesResponse;
import dev.hemlock.proto.poison.v1.CancelPoisoningRequest;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.GetPoisoningRequest;
import dev.hemlock.proto.poison.v1.ListFlipsRequest;
import dev.hemlock.proto.poison.v1.ListFlipsResponse;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc.PoisonServiceImplBase;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.CancelTrainingRunRequest;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsResponse;
import dev.hemlock.proto.training.v1.Model;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingEnvironment;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc.TrainingServiceImplBase;
import dev.hemlock.proto.training.v1.TrainingSpec;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Multi;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The other three services, pretended: one snapshot, and what is derived from it, of the classes
 * "0", "1" and "7" with 10 training and 10 test images a class, whose only pixel is the class index
 * times 10 plus a counter.
 * A trained model's weights are the text {@code clean seed} or {@code poisoned seed}, with half the
 * seed where labels are smoothed.
 */
final class FakeServices {
  static final List<String> CLASSES = List.of("0", "1", "7");
  static final int PER_CLASS = 10;
  static final String SNAPSHOT = "snapshots/" + digest("clean");
  static final String IMPORTED = "snapshots/" + digest("imported");

  final FakeJobs<PoisoningSpec, Poisoning> poisonings;
  final FakeJobs<TrainingSpec, TrainingRun> trainings;
  private final Supplier<BlobStore> blobs;
  private final Map<String, Samples> derived = new ConcurrentHashMap<>();
  private volatile boolean streamsDiffer;

  /** Stores models and images where the evaluator finds them. */
  FakeServices(Supplier<BlobStore> blobs) {
    this.blobs = blobs;
    poisonings = new FakeJobs<>("poisonings", FakeServices::poisoning);
    trainings = new FakeJobs<>("trainingRuns", this::training);
  }

  /** Gives poisoned runs another stream digest than clean ones. */
  void letStreamsDiffer() {
    streamsDiffer = true;
  }

  private static Poisoning poisoning(FakeJobs.Entry<PoisoningSpec> job, RunStatus status) {
    Poisoning.Builder poisoning =
        Poisoning.newBuilder().setName(job.name()).setSpec(job.spec()).setStatus(status);
    int flips = flips(job.spec());
    poisoning
        .setFlipCount(flips)
        .setEligibleCount(PER_CLASS)
        .setClassShare(flips / (double) PER_CLASS)
        .setSplitShare(flips / (3.0 * PER_CLASS));
    if (job.state() == RunState.RUN_STATE_SUCCEEDED) {
      String labels = job.spec().getAttack().getKindCase() + " " + flips + job.spec().getSeed();
      poisoning.setPoisonedSnapshot("snapshots/" + digest("poisoned " + labels));
    }
    return poisoning.build();
  }

  private static int flips(PoisoningSpec spec) {
    return spec.getBudget().hasCount()
        ? spec.getBudget().getCount()
        : (int) Math.round(spec.getBudget().getClassShare() * PER_CLASS);
  }

  private TrainingRun training(FakeJobs.Entry<TrainingSpec> job, RunStatus status) {
    TrainingRun.Builder run =
        TrainingRun.newBuilder().setName(job.name()).setSpec(job.spec()).setStatus(status);
    if (job.state() == RunState.RUN_STATE_SUCCEEDED) {
      boolean clean = train(job.spec().getSnapshot()).isClean();
      boolean smoothed = job.spec().getRecipe().getLabelSmoothing() > 0;
      int harm = smoothed ? job.spec().getSeed() / 2 : job.spec().getSeed();
      String weights = (clean ? "clean " : "poisoned ") + harm;
      String stream = job.spec().getSeed() + (streamsDiffer && !clean ? " other" : "");
      run.setModel(
              Model.newBuilder()
                  .setWeightsDigest(put(weights.getBytes(UTF_8)))
                  .setCardDigest(put("{}".getBytes(UTF_8))))
          .setStreamDigest(digest(stream))
          .addAllEpochs(
              IntStream.rangeClosed(1, job.spec().getRecipe().getEpochs())
                  .mapToObj(
                      epoch ->
                          EpochMetrics.newBuilder()
                              .setEpoch(epoch)
                              .setLoss(0.5)
                              .setSeconds(0.5)
                              .build())
                  .toList())
          .setEnvironment(TrainingEnvironment.newBuilder().setDevice("cpu"));
    }
    return run.build();
  }

  private String put(byte[] bytes) {
    return blobs.get().put(Tenant.current(), bytes).toString();
  }

  private static String digest(String text) {
    return Digest.of(text.getBytes(UTF_8)).toString();
  }

  /** The samples of a split: stable ids, and their labels. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Samples(int[] ids, int[] labels) {
    static Samples all() {
      int[] ids = IntStream.range(0, CLASSES.size() * PER_CLASS).toArray();
      return new Samples(ids, IntStream.of(ids).map(id -> id / PER_CLASS).toArray());
    }

    String content() {
      return Arrays.toString(ids) + Arrays.toString(labels);
    }

    boolean isClean() {
      return IntStream.range(0, ids.length).allMatch(i -> labels[i] == ids[i] / PER_CLASS);
    }
  }

  /** The training samples of a snapshot: as derived, clean, or with a poisoning's flips. */
  private Samples train(String snapshot) {
    if (derived.containsKey(snapshot)) {
      return derived.get(snapshot);
    }
    Samples samples = Samples.all();
    Arrays.fill(samples.labels(), PER_CLASS, PER_CLASS + flips(snapshot), 2);
    return samples;
  }

  /** Of its poisoning; 1 where a test made a poisoned snapshot up. */
  private int flips(String snapshot) {
    if (snapshot.equals(SNAPSHOT)) {
      return 0;
    }
    return poisonings.all().stream()
        .map(entry -> poisonings.get(entry.name()))
        .filter(poisoning -> poisoning.getPoisonedSnapshot().equals(snapshot))
        .mapToInt(Poisoning::getFlipCount)
        .findFirst()
        .orElse(1);
  }

  private Split split(String name, Samples samples) {
    int stored = CLASSES.size() * PER_CLASS;
    byte[] pixels = new byte[stored];
    for (int i = 0; i < stored; i++) {
      pixels[i] = (byte) i;
    }
    Split.Builder split =
        Split.newBuilder()
            .setName(name)
            .setSampleCount(samples.ids().length)
            .setStoredCount(stored)
            .setImagesPerShard(stored)
            .addShardDigests(put(pixels))
            .setLabelDigest(put(LabelBlob.encode(samples.labels())));
    if (samples.ids().length < stored) {
      split.setSelectionDigest(put(SelectionBlob.encode(samples.ids())));
    }
    return split.build();
  }

  private static <T> void answer(StreamObserver<T> response, Supplier<T> supplier) {
    try {
      response.onNext(supplier.get());
      response.onCompleted();
    } catch (StatusRuntimeException e) {
      response.onError(e);
    }
  }

  /** Knows the clean snapshot and accepts any name that a poisoning gives. */
  final class Dataset extends DatasetServiceImplBase {
    @Override
    public void getSnapshot(GetSnapshotRequest request, StreamObserver<Snapshot> response) {
      answer(
          response,
          () -> {
            if (request.getName().endsWith("0".repeat(64))) {
              throw Status.NOT_FOUND
                  .withDescription("There is no " + request.getName())
                  .asRuntimeException();
            }
            return Snapshot.newBuilder()
                .setName(request.getName())
                .setImageShape(ImageShape.newBuilder().setHeight(1).setWidth(1).setChannels(1))
                .addAllClassNames(CLASSES)
                .addSplits(split("test", Samples.all()))
                .addSplits(split("train", train(request.getName())))
                .build();
          });
    }

    @Override
    public void deriveSnapshot(DeriveSnapshotRequest request, StreamObserver<Snapshot> response) {
      answer(
          response,
          () -> {
            Samples samples = derive(train(request.getParent()), request);
            String name = "snapshots/" + digest("derived " + samples.content());
            derived.put(name, samples);
            return Snapshot.newBuilder().setName(name).build();
          });
    }

    private Samples derive(Samples parent, DeriveSnapshotRequest request) {
      if (request.hasRelabel()) {
        return new Samples(
            parent.ids(), LabelBlob.decode(blob(request.getRelabel().getLabelDigest())));
      }
      int[] kept = SelectionBlob.decode(blob(request.getSelect().getSelectionDigest()));
      return new Samples(
          kept,
          IntStream.of(kept)
              .map(id -> parent.labels()[Arrays.binarySearch(parent.ids(), id)])
              .toArray());
    }

    private byte[] blob(String digest) {
      return blobs.get().get(Tenant.current(), Digest.parse(digest));
    }

    @Override
    public void getSnapshotStatistics(
        GetSnapshotStatisticsRequest request, StreamObserver<SnapshotStatistics> response) {
      List<Integer> counts = List.of(PER_CLASS, PER_CLASS, PER_CLASS);
      answer(
          response,
          () ->
              SnapshotStatistics.newBuilder()
                  .setSnapshot(request.getName())
                  .addSplits(
                      SplitStatistics.newBuilder()
                          .setSplit("test")
                          .setSampleCount(30)
                          .addAllClassCounts(counts))
                  .addSplits(
                      SplitStatistics.newBuilder()
                          .setSplit("train")
                          .setSampleCount(30)
                          .addAllClassCounts(counts))
                  .build());
    }

    @Override
    public void getProvenance(GetProvenanceRequest request, StreamObserver<Provenance> response) {
      boolean imported = request.getName().equals(IMPORTED);
      answer(
          response,
          () ->
              Provenance.newBuilder()
                  .setSnapshot(request.getName())
                  .setParent(imported ? "" : IMPORTED)
                  .setTransformation(imported ? "import" : "subset")
                  .setSource(imported ? "bundled:digits" : "")
                  .build());
    }

    @Override
    public void streamSampleImages(
        StreamSampleImagesRequest request, StreamObserver<StreamSampleImagesResponse> response) {
      Multi.createFrom()
          .iterable(request.getSampleIdsList())
          .map(
              id ->
                  StreamSampleImagesResponse.newBuilder()
                      .setSampleId(id)
                      .setPng(ByteString.copyFromUtf8("png " + id))
                      .build())
          .subscribe()
          .with(response::onNext, response::onError, response::onCompleted);
    }
  }

  /** Poisons at once. */
  final class Poison extends PoisonServiceImplBase {
    @Override
    public void createPoisoning(
        CreatePoisoningRequest request, StreamObserver<Poisoning> response) {
      answer(
          response,
          () -> {
            if (flips(request.getSpec()) == 0) {
              throw Status.INVALID_ARGUMENT
                  .withDescription("The budget flips no sample; use at least 0.05")
                  .asRuntimeException();
            }
            return request.getValidateOnly()
                ? poisonings.preview(request.getSpec())
                : poisonings.create(request.getSpec());
          });
    }

    @Override
    public void getPoisoning(GetPoisoningRequest request, StreamObserver<Poisoning> response) {
      answer(response, () -> poisonings.get(request.getName()));
    }

    @Override
    public void cancelPoisoning(
        CancelPoisoningRequest request, StreamObserver<Poisoning> response) {
      answer(response, () -> poisonings.cancel(request.getName()));
    }

    @Override
    public void watchPoisoning(WatchPoisoningRequest request, StreamObserver<Poisoning> response) {
      poisonings
          .watch(request.getName())
          .subscribe()
          .with(response::onNext, response::onError, response::onCompleted);
    }

    @Override
    public void listFlips(ListFlipsRequest request, StreamObserver<ListFlipsResponse> response) {
      int flips = poisonings.get(request.getParent()).getFlipCount();
      answer(
          response,
          () ->
              ListFlipsResponse.newBuilder()
                  .addAllFlips(
                      IntStream.range(0, Math.min(flips, request.getPageSize()))
                          .mapToObj(
                              i ->
                                  Flip.newBuilder()
                                      .setSplit("train")
                                      .setSampleId(PER_CLASS + i)
                                      .setFromClass("1")
                                      .setToClass("7")
                                      .build())
                          .toList())
                  .build());
    }
  }

  /** Trains at once; refuses 77 epochs and fills in 5 for none. */
  final class Training extends TrainingServiceImplBase {
    @Override
    public void createTrainingRun(
        CreateTrainingRunRequest request, StreamObserver<TrainingRun> response) {
      answer(
          response,
          () -> {
            TrainingSpec.Builder spec = request.getSpec().toBuilder();
            Recipe recipe = spec.getRecipe();
            if (recipe.getEpochs() == 77) {
              throw Status.INVALID_ARGUMENT
                  .withDescription("77 epochs are too many; use fewer")
                  .asRuntimeException();
            }
            if (recipe.getEpochs() == 0) {
              spec.setRecipe(recipe.toBuilder().setEpochs(5));
            }
            return request.getValidateOnly()
                ? trainings.preview(spec.build())
                : trainings.create(spec.build());
          });
    }

    @Override
    public void listTrainingRuns(
        ListTrainingRunsRequest request, StreamObserver<ListTrainingRunsResponse> response) {
      answer(
          response,
          () ->
              ListTrainingRunsResponse.newBuilder()
                  .addAllTrainingRuns(
                      trainings.all().stream().map(run -> trainings.get(run.name())).toList())
                  .build());
    }

    @Override
    public void getTrainingRun(
        GetTrainingRunRequest request, StreamObserver<TrainingRun> response) {
      answer(response, () -> trainings.get(request.getName()));
    }

    @Override
    public void cancelTrainingRun(
        CancelTrainingRunRequest request, StreamObserver<TrainingRun> response) {
      answer(response, () -> trainings.cancel(request.getName()));
    }

    @Override
    public void watchTrainingRun(
        WatchTrainingRunRequest request, StreamObserver<TrainingRun> response) {
      trainings
          .watch(request.getName())
          .subscribe()
          .with(response::onNext, response::onError, response::onCompleted);
    }
  }
}
