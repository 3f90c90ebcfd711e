package dev.hemlock.faults;

import dev.hemlock.proto.dataset.v1.BundledDataset;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.Subset;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.ConfidentLearning;
import dev.hemlock.proto.evaluation.v1.CreateCertificationRequest;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingSpec;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What Hemlock is asked for in each round, the same every time: all on the bundled digits. */
final class Work {
  private static final int SLOW_EPOCHS = 40;
  private static final int SLOW_SEED = 77;
  private static final int MANY_EPOCHS = 1_500;

  private final Api api;
  private final String digits;
  private final String few;
  private final String fewest;

  private Work(Api api, String digits, String few, String fewest) {
    this.api = api;
    this.digits = digits;
    this.few = few;
    this.fewest = fewest;
  }

  /** Imports the digits. */
  static Work prepare(Api api) throws Exception {
    String digits = importDigits(api).get(60, TimeUnit.SECONDS);
    return new Work(api, digits, subset(api, digits, 20), subset(api, digits, 1));
  }

  private static String subset(Api api, String digits, int perClass) throws InterruptedException {
    return Api.insist(
        () ->
            api.datasets()
                .deriveSnapshot(
                    DeriveSnapshotRequest.newBuilder()
                        .setParent(digits)
                        .setSubset(
                            Subset.newBuilder()
                                .setSplit("train")
                                .setLimitPerClass(perClass)
                                .setSeed(1))
                        .build())
                .getName());
  }

  static CompletableFuture<String> importDigits(Api api) {
    CompletableFuture<String> name = new CompletableFuture<>();
    StreamObserver<ImportDatasetRequest> requests =
        api.datasetStreams()
            .importDataset(
                new StreamObserver<>() {
                  private String snapshot = "";

                  @Override
                  public void onNext(ImportDatasetResponse response) {
                    if (response.hasSnapshot()) {
                      snapshot = response.getSnapshot().getName();
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {
                    name.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    name.complete(snapshot);
                  }
                });
    requests.onNext(
        ImportDatasetRequest.newBuilder()
            .setSpec(ImportSpec.newBuilder().setBundled(BundledDataset.BUNDLED_DATASET_DIGITS))
            .build());
    requests.onCompleted();
    return name;
  }

  /** The snapshot that slow trainings use. */
  String digits() {
    return digits;
  }

  /** One that trains in no time. */
  TrainingSpec trivial(int seed) {
    return TrainingSpec.newBuilder()
        .setSnapshot(few)
        .setSeed(seed)
        .setRecipe(recipe(1, 64))
        .build();
  }

  /** One that takes some seconds, so that it can be caught in the middle. */
  TrainingSpec slow() {
    return TrainingSpec.newBuilder()
        .setSnapshot(digits)
        .setSeed(SLOW_SEED)
        .setRecipe(recipe(SLOW_EPOCHS, 32))
        .build();
  }

  /** One of many short epochs: what is shown of it grows with each. */
  TrainingSpec talkative() {
    return TrainingSpec.newBuilder()
        .setSnapshot(fewest)
        .setSeed(SLOW_SEED)
        .setRecipe(recipe(MANY_EPOCHS, 10))
        .build();
  }

  private static Recipe recipe(int epochs, int batch) {
    return Recipe.newBuilder()
        .setArchitecture(Architecture.ARCHITECTURE_SMALLCNN)
        .setEpochs(epochs)
        .setBatchSize(batch)
        .build();
  }

  /** Asks for a training; returns its name. */
  String train(TrainingSpec spec, String requestId) throws InterruptedException {
    return Api.insist(
        () ->
            api.trainings()
                .createTrainingRun(
                    CreateTrainingRunRequest.newBuilder()
                        .setSpec(spec)
                        .setRequestId(requestId)
                        .build())
                .getName());
  }

  /** Asks for an experiment: two poisonings, four trainings, four evaluations and their report. */
  String experiment() throws InterruptedException {
    ExperimentSpec spec =
        ExperimentSpec.newBuilder()
            .setSnapshot(few)
            .setSourceClass("1")
            .setTargetClass("7")
            .addBudgets(ExperimentBudget.newBuilder().setClassShare(0.5))
            .addAllSeeds(List.of(1, 2))
            .addRecipes(ExperimentRecipe.newBuilder().setRecipe(recipe(1, 64)))
            .build();
    return Api.insist(
        () ->
            api.experiments()
                .createExperiment(CreateExperimentRequest.newBuilder().setSpec(spec).build())
                .getName());
  }

  /** Asks for the wrong labels: two folds derived, a model trained without each and asked about it. */
  private String detection() throws InterruptedException {
    DetectionSpec spec =
        DetectionSpec.newBuilder()
            .setSnapshot(few)
            .setConfidentLearning(ConfidentLearning.newBuilder().setFolds(2))
            .setRecipe(recipe(1, 64))
            .build();
    return Api.insist(
        () ->
            api.detections()
                .createDetection(CreateDetectionRequest.newBuilder().setSpec(spec).build())
                .getName());
  }

  /** Asks for the certificates of an ensemble of two models. */
  private String certification() throws InterruptedException {
    CertificationSpec spec =
        CertificationSpec.newBuilder()
            .setSnapshot(few)
            .setPartitions(2)
            .setRecipe(recipe(1, 64))
            .build();
    return Api.insist(
        () ->
            api.certifications()
                .createCertification(CreateCertificationRequest.newBuilder().setSpec(spec).build())
                .getName());
  }

  /** Asks for everything that any fault asks for. */
  List<String> rehearse() throws InterruptedException {
    List<String> names = new ArrayList<>(ask());
    names.add(train(trivial(1), ""));
    names.add(train(talkative(), ""));
    return names;
  }

  /** Asks for a slow training, an experiment, a detection and a certification. */
  List<String> ask() throws InterruptedException {
    return List.of(train(slow(), ""), experiment(), detection(), certification());
  }
}
