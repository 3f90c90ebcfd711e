package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.CancelCertificationRequest;
import dev.hemlock.proto.evaluation.v1.CancelDetectionRequest;
import dev.hemlock.proto.evaluation.v1.CancelEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.CancelExperimentRequest;
import dev.hemlock.proto.poison.v1.CancelPoisoningRequest;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.CancelTrainingRunRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "cancel",
    description = "Asks a run to stop and prints its state.",
    mixinStandardHelpOptions = true)
final class CancelCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Parameters(
      paramLabel = "NAME",
      description =
          "poisonings/…, trainingRuns/…, evaluations/…, detections/…, certifications/… or"
              + " experiments/…")
  private String name;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      RunStatus status =
          switch (name.replaceAll("/.*", "")) {
            case "poisonings" ->
                connection
                    .poisonings()
                    .cancelPoisoning(CancelPoisoningRequest.newBuilder().setName(name).build())
                    .getStatus();
            case "trainingRuns" ->
                connection
                    .trainings()
                    .cancelTrainingRun(CancelTrainingRunRequest.newBuilder().setName(name).build())
                    .getStatus();
            case "evaluations" ->
                connection
                    .evaluations()
                    .cancelEvaluation(CancelEvaluationRequest.newBuilder().setName(name).build())
                    .getStatus();
            case "detections" ->
                connection
                    .detections()
                    .cancelDetection(CancelDetectionRequest.newBuilder().setName(name).build())
                    .getStatus();
            case "certifications" ->
                connection
                    .certifications()
                    .cancelCertification(
                        CancelCertificationRequest.newBuilder().setName(name).build())
                    .getStatus();
            case "experiments" ->
                connection
                    .experiments()
                    .cancelExperiment(CancelExperimentRequest.newBuilder().setName(name).build())
                    .getStatus();
            default -> throw WatchCommand.unknown(name);
          };
      System.out.println(RunStates.label(status));
      return 0;
    }
  }
}
