package dev.hemlock.evaluation;

import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.PlanExperimentResponse;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** About how long it takes to train what an experiment's survey found missing. Blocking. */
record RemainingTraining(
    ExperimentPlan plan,
    ExperimentSurvey survey,
    Snapshot snapshot,
    ExperimentJobs jobs,
    RemoteDatasets datasets) {
  private static final int RUNS_LOOKED_AT = 500;

  /** Fills in the estimate, unless no finished run tells the pace of one of the recipes. */
  void into(PlanExperimentResponse.Builder response) {
    TrainingPace pace = TrainingPace.of(finished(), snapshots());
    double total = 0;
    int measured = 0;
    for (int i = 0; i < ExperimentPlan.treatments(plan.spec()); i++) {
      Recipe recipe = plan.recipe(i);
      OptionalDouble seconds = pace.seconds(recipe, snapshot);
      if (seconds.isEmpty()) {
        return;
      }
      total += missing(i) * seconds.getAsDouble();
      total += furtherEpochs(i) * seconds.getAsDouble() / recipe.getEpochs();
      measured += pace.runs(recipe, snapshot);
    }
    response.setTrainingSeconds(total).setMeasuredRuns(measured);
  }

  private List<TrainingRun> finished() {
    List<TrainingRun> runs = new ArrayList<>(survey.trainings().values());
    runs.addAll(jobs.trainings().some(RUNS_LOOKED_AT));
    return runs.stream().distinct().filter(RemainingTraining::succeeded).toList();
  }

  private Function<String, Snapshot> snapshots() {
    Map<String, Snapshot> read = new HashMap<>();
    return name -> read.computeIfAbsent(name, datasets::snapshot);
  }

  private long missing(int treatment) {
    return plan.models().stream()
        .filter(model -> model.treatment() == treatment)
        .filter(model -> !survey.isTrained(model))
        .count();
  }

  /** Passes over the data that detectors still take, beside the undefended models' training. */
  private int furtherEpochs(int treatment) {
    return plan.models().stream()
        .filter(model -> model.treatment() == treatment && plan.sanitises(treatment))
        .filter(model -> !survey.isJudged(model))
        .mapToInt(
            model ->
                DetectionPlan.furtherEpochs(plan.detection(model, plan.spec().getSnapshot(), "")))
        .sum();
  }

  private static boolean succeeded(TrainingRun run) {
    return run.getStatus().getState() == RunState.RUN_STATE_SUCCEEDED;
  }
}
