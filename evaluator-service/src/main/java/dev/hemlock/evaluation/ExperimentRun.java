package dev.hemlock.evaluation;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.work.CheckpointStore;
import dev.hemlock.common.work.Work;
import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.ExperimentPlan.PlannedEvaluation;
import dev.hemlock.evaluation.ExperimentPlan.Poisoned;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.ExperimentProgress;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.ForwardCorrection;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Takes one experiment from its plan to evaluated models. Everything that can be asked for at once
 * is: clean models and poisonings first, poisoned models as soon as their data is there, an
 * evaluation as soon as its model is trained, and a defended model that waits for others as soon as
 * the detection of its data, or the evaluation that its transitions are read off, is there. Every
 * request is idempotent, so running it again after a crash finds what is already done.
 */
final class ExperimentRun implements AutoCloseable {
  private static final long TICK_MILLIS = 500;
  private static final Map<String, CheckpointStore.Part> NOTHING_ELSE = Map.of();

  private final ExperimentPlan plan;
  private final Work work;
  private final ExperimentJobs jobs;
  private final Timestamp createTime;
  private final long start = System.nanoTime();
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final JobTracker<Poisoned, PoisoningSpec, Poisoning> poisonings;
  private final JobTracker<Model, TrainingSpec, TrainingRun> trainings;
  private final JobTracker<PlannedEvaluation, EvaluationSpec, Evaluation> evaluations;
  private final JobTracker<Model, DetectionSpec, Detection> detections;
  private final Sanitiser sanitiser;
  private final TransitionEstimator transitions;
  private final Map<Model, Sanitised> sanitised = new HashMap<>();

  /**
   * What the jobs gave.
   *
   * @param evaluations on the test split
   * @param fits evaluations on the train split with its true labels; none if nothing was flipped
   * @param sanitised what was done to the data of each model that a sanitising defence trained
   * @param firstModels what was trained before each model of a defence that waits for others
   */
  record Outcome(
      Map<Poisoned, Poisoning> poisonings,
      Map<Model, TrainingRun> trainings,
      Map<Model, Evaluation> evaluations,
      Map<Model, Evaluation> fits,
      Map<Model, Sanitised> sanitised,
      Map<Model, List<TrainingRun>> firstModels) {}

  /**
   * @param createTime when the experiment was first asked for, by the store's clock
   */
  ExperimentRun(
      ExperimentPlan plan,
      Work work,
      ExperimentJobs jobs,
      Sanitiser sanitiser,
      TransitionEstimator transitions,
      Timestamp createTime) {
    this.plan = plan;
    this.work = work;
    this.jobs = jobs;
    this.sanitiser = sanitiser;
    this.transitions = transitions;
    this.createTime = createTime;
    poisonings =
        new JobTracker<>(
            jobs.poisonings(),
            poisoned -> "poisoning with " + plan.describe(poisoned),
            job -> want(job.getName(), job.getStatus()),
            this::trainOn,
            inbox,
            jobs.patience());
    trainings =
        new JobTracker<>(
            jobs.trainings(),
            model -> "training with " + plan.describe(model),
            job -> want(job.getName(), job.getStatus()),
            this::evaluate,
            inbox,
            jobs.patience());
    evaluations =
        new JobTracker<>(
            jobs.evaluations(),
            planned ->
                "evaluation on the %s split of the model with %s"
                    .formatted(planned.split(), plan.describe(planned.model())),
            job -> want(job.getName(), job.getStatus()),
            this::correct,
            inbox,
            jobs.patience());
    detections =
        new JobTracker<>(
            jobs.detections(),
            model -> "detection for " + plan.describe(model),
            job -> want(job.getName(), job.getStatus()),
            this::sanitise,
            inbox,
            jobs.patience());
  }

  /**
   * Runs to the end.
   *
   * @throws Work.Stopped if it should stop
   * @throws dev.hemlock.common.error.HemlockException if a job was refused or has not SUCCEEDED
   */
  Outcome run() throws InterruptedException {
    int saved = savedStep();
    for (Model model : plan.modelsOn(Optional.empty()).toList()) {
      work.checkpoint();
      trainings.ask(model, plan.training(model, plan.spec().getSnapshot()));
    }
    for (Model model : plan.sanitisedOn(Optional.empty()).toList()) {
      work.checkpoint();
      detections.ask(model, plan.detection(model, plan.spec().getSnapshot(), ""));
    }
    for (Poisoned poisoned : plan.poisonings()) {
      work.checkpoint();
      poisonings.ask(poisoned, plan.poisoning(poisoned));
    }
    showProgress();
    while (evaluations.done().size() < plan.evaluations().size()) {
      Runnable task = inbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
      work.checkpoint();
      poisonings.askAgain();
      trainings.askAgain();
      evaluations.askAgain();
      detections.askAgain();
      if (task != null) {
        task.run();
        showProgress();
        if (trainings.done().size() > saved) {
          saved = trainings.done().size();
          work.checkpoints().save(saved, NOTHING_ELSE);
        }
      }
    }
    return new Outcome(
        poisonings.done(),
        trainings.done(),
        evaluated(ExperimentPlan.TEST),
        evaluated(ExperimentPlan.TRAIN),
        sanitised,
        firstModels());
  }

  private Map<Model, Evaluation> evaluated(String split) {
    Map<Model, Evaluation> done = new HashMap<>();
    evaluations
        .done()
        .forEach(
            (planned, evaluation) -> {
              if (planned.split().equals(split)) {
                done.put(planned.model(), evaluation);
              }
            });
    return done;
  }

  /**
   * How many models were trained when this experiment was last interrupted. The jobs themselves hold
   * all there is to resume; the saved count only shows the ledger that the work gets further.
   */
  private int savedStep() {
    Optional<CheckpointStore.Checkpoint> latest = work.checkpoints().latest();
    if (latest.isEmpty()) {
      return 0;
    }
    try (CheckpointStore.Checkpoint checkpoint = latest.get()) {
      return checkpoint.step();
    }
  }

  private Map<Model, List<TrainingRun>> firstModels() {
    Map<String, TrainingRun> read = new HashMap<>();
    Map<Model, List<TrainingRun>> first = new HashMap<>();
    detections
        .done()
        .forEach(
            (model, detection) ->
                first.put(
                    model,
                    detection.getTrainingRunsList().stream()
                        .map(name -> read.computeIfAbsent(name, jobs.trainings()::get))
                        .toList()));
    plan.models().stream()
        .filter(model -> plan.estimatesTransitions(model.treatment()))
        .forEach(model -> first.put(model, List.of(trainings.done().get(model.undefended()))));
    return first;
  }

  private int doneCount() {
    return poisonings.done().size()
        + trainings.done().size()
        + evaluations.done().size()
        + detections.done().size();
  }

  private void trainOn(Poisoned poisoned, Poisoning poisoning) {
    String snapshot = poisoning.getPoisonedSnapshot();
    for (Model model : plan.modelsOn(Optional.of(poisoned)).toList()) {
      trainings.ask(model, plan.training(model, snapshot));
    }
    for (Model model : plan.sanitisedOn(Optional.of(poisoned)).toList()) {
      detections.ask(model, plan.detection(model, snapshot, poisoning.getName()));
    }
  }

  private void evaluate(Model model, TrainingRun training) {
    plan.evaluationsOf(model)
        .forEach(planned -> evaluations.ask(planned, plan.evaluation(planned, training.getName())));
  }

  private void correct(PlannedEvaluation planned, Evaluation evaluation) {
    if (planned.split().equals(ExperimentPlan.TRAIN)) {
      String snapshot = trainings.done().get(planned.model()).getSpec().getSnapshot();
      for (Model model : plan.correctedBy(planned.model()).toList()) {
        work.checkpoint();
        ForwardCorrection correction = transitions.estimate(evaluation, plan.anchorQuantile(model));
        trainings.ask(model, plan.training(model, snapshot, correction));
      }
    }
  }

  private void sanitise(Model model, Detection detection) {
    work.checkpoint();
    Sanitised data =
        sanitiser.sanitise(
            detection,
            plan.sanitise(model).getAction(),
            model.data().map(poisoned -> poisonings.done().get(poisoned).getName()).orElse(""),
            plan.label(model.treatment()));
    sanitised.put(model, data);
    trainings.ask(model, plan.training(model, data.snapshot()));
  }

  private void want(String run, RunStatus status) {
    jobs.interests().add(work.name(), createTime, run, status.getCreateTime());
  }

  private void showProgress() {
    ExperimentProgress.Builder progress =
        ExperimentProgress.newBuilder()
            .setPoisonings(
                ExperimentMapper.count(plan.poisonings().size(), poisonings.done().size()))
            .setTrainingRuns(ExperimentMapper.count(plan.models().size(), trainings.done().size()))
            .setEvaluations(
                ExperimentMapper.count(plan.evaluations().size(), evaluations.done().size()))
            .setDetections(ExperimentMapper.count(plan.detections(), detections.done().size()));
    remainingSeconds().ifPresent(progress::setRemainingSeconds);
    int total =
        plan.poisonings().size()
            + plan.models().size()
            + plan.evaluations().size()
            + plan.detections();
    work.progress((double) doneCount() / total, ProtoJson.bytes(progress));
  }

  /** At the pace of the training runs that have ended since this worker took the experiment. */
  private OptionalDouble remainingSeconds() {
    int trained = trainings.followed();
    if (trained == 0) {
      return OptionalDouble.empty();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return OptionalDouble.of(seconds / trained * (plan.models().size() - trainings.done().size()));
  }

  @Override
  public void close() {
    poisonings.close();
    trainings.close();
    evaluations.close();
    detections.close();
  }
}
