package dev.hemlock.evaluation;

import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.ExperimentPlan.PlannedEvaluation;
import dev.hemlock.evaluation.ExperimentPlan.Poisoned;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which of an experiment's jobs there are, whoever asked for them. Looks and asks for nothing. A job
 * whose spec is known only once another has SUCCEEDED is left out until then, and so are models on
 * sanitised data and by estimated transitions, which only the experiment itself derives.
 *
 * @param poisonings every poisoning
 * @param trainings the training runs whose data is there
 * @param evaluations the evaluations whose model is there
 * @param detections the detections whose data is there
 */
record ExperimentSurvey(
    Map<Poisoned, Poisoning> poisonings,
    Map<Model, TrainingRun> trainings,
    Map<PlannedEvaluation, Evaluation> evaluations,
    Map<Model, Detection> detections) {

  static ExperimentSurvey of(ExperimentPlan plan, ExperimentJobs jobs) {
    Map<Poisoned, Poisoning> poisonings = new LinkedHashMap<>();
    for (Poisoned poisoned : plan.poisonings()) {
      poisonings.put(poisoned, jobs.poisonings().preview(plan.poisoning(poisoned)));
    }
    Map<Model, TrainingRun> trainings = new LinkedHashMap<>();
    Map<PlannedEvaluation, Evaluation> evaluations = new LinkedHashMap<>();
    Map<Model, Detection> detections = new LinkedHashMap<>();
    for (Model model : plan.models()) {
      Optional<Poisoning> poisoning = model.data().map(poisonings::get);
      String snapshot =
          poisoning.map(Poisoning::getPoisonedSnapshot).orElse(plan.spec().getSnapshot());
      if (snapshot.isEmpty()) {
        continue;
      }
      if (plan.sanitises(model.treatment())) {
        String made = poisoning.map(Poisoning::getName).orElse("");
        detections.put(model, jobs.detections().preview(plan.detection(model, snapshot, made)));
      } else if (!plan.needsFirstModels(model.treatment())) {
        TrainingRun training = jobs.trainings().preview(plan.training(model, snapshot));
        trainings.put(model, training);
        if (hasSucceeded(training.getStatus())) {
          plan.evaluationsOf(model)
              .forEach(
                  planned ->
                      evaluations.put(
                          planned,
                          jobs.evaluations()
                              .preview(plan.evaluation(planned, training.getName()))));
        }
      }
    }
    return new ExperimentSurvey(poisonings, trainings, evaluations, detections);
  }

  int poisoningsDone() {
    return done(poisonings, Poisoning::getStatus);
  }

  int trainingsDone() {
    return done(trainings, TrainingRun::getStatus);
  }

  /** Whether a model's training run has SUCCEEDED. */
  boolean isTrained(Model model) {
    TrainingRun run = trainings.get(model);
    return run != null && hasSucceeded(run.getStatus());
  }

  int evaluationsDone() {
    return done(evaluations, Evaluation::getStatus);
  }

  int detectionsDone() {
    return done(detections, Detection::getStatus);
  }

  /** Whether the data of a model that is trained on what a detection leaves has been judged. */
  boolean isJudged(Model model) {
    return detections.containsKey(model) && hasSucceeded(detections.get(model).getStatus());
  }

  /** The jobs that have been asked for and not ended, by name. */
  Map<String, RunStatus> underWay() {
    Map<String, RunStatus> all = new LinkedHashMap<>();
    poisonings.values().forEach(job -> all.put(job.getName(), job.getStatus()));
    trainings.values().forEach(job -> all.put(job.getName(), job.getStatus()));
    evaluations.values().forEach(job -> all.put(job.getName(), job.getStatus()));
    detections.values().forEach(job -> all.put(job.getName(), job.getStatus()));
    Predicate<RunStatus> unwanted =
        status ->
            status.getState() == RunState.RUN_STATE_UNSPECIFIED
                || Terminal.isTerminal(status.getState());
    all.values().removeIf(unwanted);
    return all;
  }

  private static <K, J> int done(Map<K, J> jobs, Function<J, RunStatus> status) {
    return (int) jobs.values().stream().map(status).filter(ExperimentSurvey::hasSucceeded).count();
  }

  private static boolean hasSucceeded(RunStatus status) {
    return status.getState() == RunState.RUN_STATE_SUCCEEDED;
  }
}
