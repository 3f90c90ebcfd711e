package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.work.RunsFactory;
import dev.hemlock.proto.evaluation.v1.CompareEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.PairComparison;
import dev.hemlock.proto.evaluation.v1.PredictionKind;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.TrainingRun;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;

/** Asks for evaluations, follows and compares them. Blocking, except {@link #watch}. */
@Singleton
public class Evaluations implements Jobs<EvaluationSpec, Evaluation> {
  private final Runs runs;
  private final RemoteTrainings trainings;
  private final RemoteDatasets datasets;

  /** Works on the ledger's runs of evaluations. */
  public Evaluations(RunsFactory runs, RemoteTrainings trainings, RemoteDatasets datasets) {
    this.runs = runs.of(EvaluateStage.KIND, EvaluateStage.NAME);
    this.trainings = trainings;
    this.datasets = datasets;
  }

  /**
   * Asks for an evaluation.
   *
   * @throws HemlockException as {@code EvaluationService.CreateEvaluation} documents
   */
  public Evaluation create(EvaluationSpec spec, String requestId) {
    EvaluationSpec complete = EvaluationMapper.withDefaults(spec);
    EvaluationInputs.of(complete, trainings, datasets);
    return EvaluationMapper.evaluation(runs.create(CanonicalJson.of(complete), requestId));
  }

  @Override
  public Evaluation create(EvaluationSpec spec) {
    return create(spec, "");
  }

  @Override
  public Evaluation preview(EvaluationSpec spec) {
    return EvaluationMapper.evaluation(
        runs.preview(CanonicalJson.of(EvaluationMapper.withDefaults(spec))));
  }

  /** Reads one evaluation; NOT_FOUND if there is none of that name. */
  public Evaluation get(String name) {
    return EvaluationMapper.evaluation(runs.get(name));
  }

  /** Lists evaluations by name. */
  public Page<Evaluation> list(int pageSize, String pageToken) {
    return runs.list(pageSize, pageToken).map(EvaluationMapper::evaluation);
  }

  @Override
  public void cancel(String name) {
    runs.cancel(name);
  }

  @Override
  public Multi<Evaluation> watch(String name) {
    return runs.watch(name).map(EvaluationMapper::evaluation);
  }

  @Override
  public String name(Evaluation job) {
    return job.getName();
  }

  @Override
  public RunStatus status(Evaluation job) {
    return job.getStatus();
  }

  /**
   * Compares the two models of a pair.
   *
   * @throws HemlockException as {@code EvaluationService.CompareEvaluations} documents
   */
  public PairComparison compare(CompareEvaluationsRequest request) {
    Evaluation clean = get(request.getClean());
    Evaluation poisoned = get(request.getPoisoned());
    PairRules.requireSameTest(clean, poisoned);
    TrainingRun cleanRun = trainings.get(clean.getSpec().getTrainingRun());
    PairRules.requirePair(cleanRun, trainings.get(poisoned.getSpec().getTrainingRun()));
    List<String> classes = datasets.snapshot(clean.getSpec().getSnapshot()).getClassNamesList();
    int source = ExperimentRules.classIndex("source_class", request.getSourceClass(), classes);
    int target = ExperimentRules.classIndex("target_class", request.getTargetClass(), classes);
    if (source == target) {
      throw HemlockException.invalidArgument(
              "Source and target class are both \""
                  + request.getSourceClass()
                  + "\"; choose two classes")
          .violating("target_class", "must differ from source_class");
    }
    PairEffect effect =
        PairEffect.of(
            EvaluationMapper.confusion(clean.getMetrics().getConfusionList()),
            EvaluationMapper.confusion(poisoned.getMetrics().getConfusionList()),
            source,
            target);
    return PairComparison.newBuilder()
        .setClean(clean.getName())
        .setPoisoned(poisoned.getName())
        .setStreamDigest(cleanRun.getStreamDigest())
        .setEffect(EvaluationMapper.effect(effect, classes))
        .build();
  }

  /**
   * The blob of stored predictions.
   *
   * @throws HemlockException NOT_FOUND, FAILED_PRECONDITION (not SUCCEEDED yet, or features were not
   *     stored)
   */
  public Digest predictions(String name, PredictionKind kind) {
    Evaluation evaluation = get(name);
    RunState state = evaluation.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw RunStates.notSucceeded(name, state, "has no predictions");
    }
    String digest =
        kind == PredictionKind.PREDICTION_KIND_FEATURES
            ? evaluation.getPredictions().getFeaturesDigest()
            : evaluation.getPredictions().getLogitsDigest();
    if (digest.isEmpty()) {
      throw HemlockException.failedPrecondition(
          name + " stored no features; ask for an evaluation with include_features");
    }
    return Digest.parse(digest);
  }
}
