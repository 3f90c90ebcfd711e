package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs that experiments are made of, and who wants them. Blocking. */
@Singleton
public class ExperimentJobs {
  private static final Logger log = LoggerFactory.getLogger(ExperimentJobs.class);
  // Twice the heartbeat, at which a worker learns that its run was cancelled.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RemotePoisonings poisonings;
  private final RemoteTrainings trainings;
  private final Evaluations evaluations;
  private final Detections detections;
  private final Interests interests;
  private final Duration patience;

  /** Evaluations and detections are this service's own. */
  @Inject
  public ExperimentJobs(
      RemotePoisonings poisonings,
      RemoteTrainings trainings,
      Evaluations evaluations,
      Detections detections,
      Interests interests) {
    this(poisonings, trainings, evaluations, detections, interests, PATIENCE);
  }

  ExperimentJobs(
      RemotePoisonings poisonings,
      RemoteTrainings trainings,
      Evaluations evaluations,
      Detections detections,
      Interests interests,
      Duration patience) {
    this.patience = patience;
    this.poisonings = poisonings;
    this.trainings = trainings;
    this.evaluations = evaluations;
    this.detections = detections;
    this.interests = interests;
  }

  Jobs<PoisoningSpec, Poisoning> poisonings() {
    return poisonings;
  }

  RemoteTrainings trainings() {
    return trainings;
  }

  Jobs<EvaluationSpec, Evaluation> evaluations() {
    return evaluations;
  }

  Detections detections() {
    return detections;
  }

  /** How long after a job was cancelled to ask for it again; see {@link JobTracker}. */
  Duration patience() {
    return patience;
  }

  Interests interests() {
    return interests;
  }

  /** Lets go of an experiment's jobs and leaves them running. */
  public void detach(String experiment) {
    interests.of(experiment).forEach(run -> interests.remove(experiment, run));
  }

  /** Lets go of an experiment's jobs and cancels those that nobody else wants. */
  public void release(String experiment) {
    for (String run : interests.of(experiment)) {
      boolean wanted = interests.remove(experiment, run);
      if (!wanted) {
        cancel(run);
      }
    }
  }

  private void cancel(String run) {
    try {
      switch (run.substring(0, run.indexOf('/'))) {
        case "poisonings" -> poisonings.cancel(run);
        case "trainingRuns" -> trainings.cancel(run);
        case "detections" -> detections.cancel(run);
        default -> evaluations.cancel(run);
      }
    } catch (HemlockException e) {
      log.atWarn()
          .addKeyValue("run", run)
          .addKeyValue("error", e.getMessage())
          .log("could not cancel what no experiment wants any more");
    }
  }
}
