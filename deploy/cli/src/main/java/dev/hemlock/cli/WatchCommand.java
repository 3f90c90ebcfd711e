package dev.hemlock.cli;

import com.google.protobuf.MessageOrBuilder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "watch",
    description = "Follows a run to its end and prints it as JSON.",
    mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Parameters(
      paramLabel = "NAME",
      description =
          "poisonings/…, trainingRuns/…, evaluations/…, detections/…, certifications/… or"
              + " experiments/…")
  private String name;

  @Override
  public Integer call() {
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      Watcher watcher = new Watcher(connection, progress);
      MessageOrBuilder run =
          switch (name.replaceAll("/.*", "")) {
            case "poisonings" -> watcher.poisoning(name);
            case "trainingRuns" -> watcher.training(name);
            case "evaluations" -> watcher.evaluation(name);
            case "detections" -> watcher.detection(name);
            case "certifications" -> watcher.certification(name);
            case "experiments" -> watcher.experiment(name);
            default -> throw unknown(name);
          };
      System.out.println(Printer.json(run));
      return 0;
    }
  }

  static CliException unknown(String name) {
    return new CliException(
        "There is no kind of run named like "
            + name
            + "; give poisonings/…, trainingRuns/…, evaluations/…, detections/…, certifications/… or"
            + " experiments/….");
  }
}
