package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.Stage;
import dev.hemlock.common.work.Work;
import dev.hemlock.evaluation.Predictor.Network;
import dev.hemlock.evaluation.Predictor.Outputs;
import dev.hemlock.evaluation.Predictor.TrainedModel;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.Predictions;
import dev.hemlock.proto.events.v1.EvaluationSucceeded;
import dev.hemlock.proto.training.v1.Model;
import jakarta.inject.Singleton;
import java.util.List;

/** Predicts one split with one model, stores the predictions and scores them. */
@Singleton
public class EvaluateStage implements Stage {
  static final String KIND = "evaluations";
  static final String NAME = "evaluate";
  private static final int BATCH = 256;
  private static final byte[] NO_DOCUMENT = {};

  private final RemoteTrainings trainings;
  private final RemoteDatasets datasets;
  private final BlobStore blobs;
  private final Predictor predictor;

  /** Reads model and images from {@code blobs}. */
  public EvaluateStage(
      RemoteTrainings trainings, RemoteDatasets datasets, BlobStore blobs, Predictor predictor) {
    this.trainings = trainings;
    this.datasets = datasets;
    this.blobs = blobs;
    this.predictor = predictor;
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
  public byte[] run(Work work) {
    EvaluationSpec spec = EvaluationMapper.spec(work.spec());
    EvaluationInputs inputs = EvaluationInputs.of(spec, trainings, datasets);
    SplitImages images =
        SplitImages.open(blobs, Tenant.current(), inputs.snapshot(), inputs.split());
    try (Network network = predictor.load(model(inputs))) {
      return ProtoJson.bytes(evaluate(work, spec, inputs, images, network));
    }
  }

  private TrainedModel model(EvaluationInputs inputs) {
    Model model = inputs.training().getModel();
    return new TrainedModel(
        inputs.training().getSpec().getRecipe(),
        SplitImages.shape(inputs.snapshot()),
        inputs.snapshot().getClassNamesList(),
        blobs.file(Tenant.current(), Digest.parse(model.getWeightsDigest())),
        blobs.get(Tenant.current(), Digest.parse(model.getCardDigest())));
  }

  private Evaluation evaluate(
      Work work,
      EvaluationSpec spec,
      EvaluationInputs inputs,
      SplitImages images,
      Network network) {
    List<String> classes = inputs.snapshot().getClassNamesList();
    float[] logits = new float[images.count() * classes.size()];
    try (FloatFile logitsFile = new FloatFile();
        FloatFile featuresFile = new FloatFile()) {
      for (int from = 0; from < images.count(); from += BATCH) {
        work.checkpoint();
        int to = Math.min(images.count(), from + BATCH);
        Outputs outputs =
            network.predict(images.pixels(from, to), to - from, spec.getIncludeFeatures());
        System.arraycopy(
            outputs.logits(), 0, logits, from * classes.size(), (to - from) * classes.size());
        logitsFile.append(outputs.logits());
        featuresFile.append(outputs.features());
        work.progress((double) to / images.count(), NO_DOCUMENT);
      }
      Metrics metrics = score(logits, images.labels(), classes, inputs.training().getName());
      Predictions.Builder predictions =
          Predictions.newBuilder()
              .setLogitsDigest(blobs.put(Tenant.current(), logitsFile.path()).toString())
              .setSampleCount(images.count())
              .setClassCount(classes.size());
      if (spec.getIncludeFeatures()) {
        predictions
            .setFeaturesDigest(blobs.put(Tenant.current(), featuresFile.path()).toString())
            .setFeatureCount(network.featureCount());
      }
      return Evaluation.newBuilder()
          .setMetrics(EvaluationMapper.metrics(metrics))
          .setPredictions(predictions)
          .build();
    }
  }

  private static Metrics score(float[] logits, int[] labels, List<String> classes, String run) {
    try {
      return Metrics.of(logits, labels, classes);
    } catch (Metrics.DivergedException e) {
      throw HemlockException.failedPrecondition(
              "The model of "
                  + run
                  + " gives outputs that are not finite numbers, so its training diverged; lower"
                  + " the learning rate of the recipe")
          .because(e)
          .with("trainingRun", run);
    }
  }

  @Override
  public void succeeded(RunView run, EventPublisher events) {
    Evaluation evaluation = EvaluationMapper.evaluation(run);
    events.publish(
        Topics.RESULTS,
        run.name() + "/succeeded",
        "dev.hemlock.evaluation.succeeded.v1",
        run.name(),
        EvaluationSucceeded.newBuilder()
            .setEvaluation(run.name())
            .setTrainingRun(evaluation.getSpec().getTrainingRun())
            .setAccuracy(evaluation.getMetrics().getAccuracy())
            .build());
  }
}
