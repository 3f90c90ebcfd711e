package dev.hemlock.evaluation;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentProgress;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.JobCount;
import java.util.List;

/** Between an experiment's ledger documents and its message. */
final class ExperimentMapper {
  private ExperimentMapper() {}

  static ExperimentSpec spec(byte[] document) {
    return ProtoJson.parse(document, ExperimentSpec.newBuilder()).build();
  }

  static Experiment experiment(RunView run) {
    Experiment.Builder experiment = Experiment.newBuilder();
    run.result().ifPresent(document -> ProtoJson.parse(document, experiment));
    ExperimentSpec spec = spec(run.spec());
    experiment.setName(run.name()).setSpec(spec).setStatus(run.status());
    ExperimentPlan plan = ExperimentPlan.of(spec);
    switch (run.status().getState()) {
      case RUN_STATE_QUEUED, RUN_STATE_RUNNING ->
          experiment.setProgress(
              run.progress()
                  .filter(document -> document.length > 0)
                  .map(document -> ProtoJson.parse(document, ExperimentProgress.newBuilder()))
                  .map(ExperimentProgress.Builder::build)
                  .orElseGet(() -> progress(plan, false)));
      case RUN_STATE_SUCCEEDED -> experiment.setProgress(progress(plan, true));
      case RUN_STATE_FAILED, RUN_STATE_CANCELLED, RUN_STATE_UNSPECIFIED, UNRECOGNIZED -> {}
    }
    return experiment.build();
  }

  static ExperimentProgress progress(ExperimentPlan plan, ExperimentSurvey survey) {
    return ExperimentProgress.newBuilder()
        .setPoisonings(count(plan.poisonings().size(), survey.poisoningsDone()))
        .setTrainingRuns(count(plan.models().size(), survey.trainingsDone()))
        .setEvaluations(count(plan.evaluations().size(), survey.evaluationsDone()))
        .setDetections(count(plan.detections(), survey.detectionsDone()))
        .build();
  }

  /** The models that only defences need, and how many of them are trained. */
  static JobCount defenceTrainings(ExperimentPlan plan, ExperimentSurvey survey) {
    List<Model> defended =
        plan.models().stream().filter(model -> plan.isDefended(model.treatment())).toList();
    return count(defended.size(), (int) defended.stream().filter(survey::isTrained).count());
  }

  static JobCount count(int total, int done) {
    return JobCount.newBuilder().setTotal(total).setDone(done).build();
  }

  private static ExperimentProgress progress(ExperimentPlan plan, boolean done) {
    return ExperimentProgress.newBuilder()
        .setPoisonings(count(plan.poisonings().size(), done))
        .setTrainingRuns(count(plan.models().size(), done))
        .setEvaluations(count(plan.evaluations().size(), done))
        .setDetections(count(plan.detections(), done))
        .build();
  }

  private static JobCount count(int total, boolean done) {
    return count(total, done ? total : 0);
  }
}
