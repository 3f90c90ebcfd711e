package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentProgress;
import dev.hemlock.proto.evaluation.v1.WatchCertificationRequest;
import dev.hemlock.proto.evaluation.v1.WatchDetectionRequest;
import dev.hemlock.proto.evaluation.v1.WatchEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.WatchExperimentRequest;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.WatchPoisoningRequest;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Follows runs to their end, showing progress. The last state of the run is returned. */
final class Watcher {
  private static final int RECONNECTS = 5;

  private final Connection connection;
  private final Progress progress;

  Watcher(Connection connection, Progress progress) {
    this.connection = connection;
    this.progress = progress;
  }

  Poisoning poisoning(String name) {
    WatchPoisoningRequest request = WatchPoisoningRequest.newBuilder().setName(name).build();
    return watch(
        "Poison",
        name,
        () -> connection.poisonings().watchPoisoning(request),
        Poisoning::getStatus,
        run -> RunStates.label(run.getStatus()),
        run -> "%d of %d labels flipped".formatted(run.getFlipCount(), run.getEligibleCount()));
  }

  TrainingRun training(String name) {
    WatchTrainingRunRequest request = WatchTrainingRunRequest.newBuilder().setName(name).build();
    return watch(
        "Train",
        name,
        () -> connection.trainings().watchTrainingRun(request),
        TrainingRun::getStatus,
        Watcher::epoch,
        Watcher::epoch);
  }

  Evaluation evaluation(String name) {
    WatchEvaluationRequest request = WatchEvaluationRequest.newBuilder().setName(name).build();
    return watch(
        "Evaluate",
        name,
        () -> connection.evaluations().watchEvaluation(request),
        Evaluation::getStatus,
        run -> RunStates.label(run.getStatus()),
        run -> "accuracy %.4f".formatted(run.getMetrics().getAccuracy()));
  }

  Detection detection(String name) {
    WatchDetectionRequest request = WatchDetectionRequest.newBuilder().setName(name).build();
    return watch(
        "Detect",
        name,
        () -> connection.detections().watchDetection(request),
        Detection::getStatus,
        run -> RunStates.label(run.getStatus()),
        run -> "%d of %d labels suspected".formatted(run.getIssueCount(), run.getLabelCount()));
  }

  Certification certification(String name) {
    WatchCertificationRequest request =
        WatchCertificationRequest.newBuilder().setName(name).build();
    return watch(
        "Certify",
        name,
        () -> connection.certifications().watchCertification(request),
        Certification::getStatus,
        run -> RunStates.label(run.getStatus()),
        run -> "%d models, accuracy %.4f".formatted(run.getModelsCount(), run.getAccuracy()));
  }

  Experiment experiment(String name) {
    WatchExperimentRequest request = WatchExperimentRequest.newBuilder().setName(name).build();
    return watch(
        "Measure",
        name,
        () -> connection.experiments().watchExperiment(request),
        Experiment::getStatus,
        run -> jobs(run.getProgress()),
        run -> jobs(run.getProgress()));
  }

  private <T> T watch(
      String stage,
      String name,
      Supplier<Iterator<T>> states,
      Function<T, RunStatus> status,
      Function<T, String> detail,
      Function<T, String> result) {
    progress.stage(stage);
    T last = follow(states, run -> progress.at(status.apply(run).getProgress(), detail.apply(run)));
    RunStates.requireSuccess(name, status.apply(last));
    progress.done(result.apply(last));
    return last;
  }

  private static String epoch(TrainingRun run) {
    if (run.getEpochsCount() == 0) {
      return RunStates.label(run.getStatus());
    }
    EpochMetrics last = run.getEpochs(run.getEpochsCount() - 1);
    return "epoch %d of %d, loss %.4f, accuracy %.4f"
        .formatted(
            last.getEpoch(),
            run.getSpec().getRecipe().getEpochs(),
            last.getLoss(),
            last.getAccuracy());
  }

  private static String jobs(ExperimentProgress progress) {
    String left =
        progress.hasRemainingSeconds() && progress.getRemainingSeconds() > 0
            ? ", about " + PlanText.time(progress.getRemainingSeconds()) + " left"
            : "";
    String judged =
        progress.getDetections().getTotal() > 0
            ? ", %d/%d judged"
                .formatted(progress.getDetections().getDone(), progress.getDetections().getTotal())
            : "";
    return "%d/%d poisoned, %d/%d trained, %d/%d evaluated%s%s"
        .formatted(
            progress.getPoisonings().getDone(),
            progress.getPoisonings().getTotal(),
            progress.getTrainingRuns().getDone(),
            progress.getTrainingRuns().getTotal(),
            progress.getEvaluations().getDone(),
            progress.getEvaluations().getTotal(),
            judged,
            left);
  }

  /** Reads a watch stream to its end; a stream that broke off is opened again. */
  private static <T> T follow(Supplier<Iterator<T>> watch, Consumer<T> each) {
    for (int failures = 0; ; ) {
      try {
        T last = null;
        for (Iterator<T> states = watch.get(); states.hasNext(); ) {
          last = states.next();
          each.accept(last);
          failures = 0;
        }
        if (last == null) {
          throw new CliException("The server ended the watch without a state; see its log.");
        }
        return last;
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || ++failures > RECONNECTS) {
          throw e;
        }
        pause(failures);
      }
    }
  }

  private static void pause(int failures) {
    try {
      Thread.sleep(500L << failures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("Interrupted.", e);
    }
  }
}
