package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.ClassMetrics;
import dev.hemlock.proto.evaluation.v1.CreateEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = "Evaluates a trained model on a split and prints its classification report.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(names = "--run", required = true, description = "trainingRuns/…")
  private String run;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Option(names = "--split", defaultValue = "test", description = "Split (default: test).")
  private String split;

  @Option(names = "--features", description = "Also store the features before the last layer.")
  private boolean features;

  @Option(names = "--json", description = "Print the evaluation as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      EvaluationSpec spec =
          EvaluationSpec.newBuilder()
              .setTrainingRun(run)
              .setSnapshot(snapshot)
              .setSplit(split)
              .setIncludeFeatures(features)
              .build();
      Evaluation created =
          connection
              .evaluations()
              .createEvaluation(CreateEvaluationRequest.newBuilder().setSpec(spec).build());
      Evaluation done = new Watcher(connection, progress).evaluation(created.getName());
      if (json) {
        System.out.println(Printer.json(done));
      } else {
        print(done);
      }
      return 0;
    }
  }

  private static void print(Evaluation evaluation) {
    System.out.println(evaluation.getName());
    System.out.printf("%-16s %9s %9s %9s %9s%n", "class", "precision", "recall", "f1", "support");
    for (ClassMetrics row : evaluation.getMetrics().getPerClassList()) {
      System.out.printf(
          "%-16s %9.4f %9.4f %9.4f %9d%n",
          row.getClassName(), row.getPrecision(), row.getRecall(), row.getF1(), row.getSupport());
    }
    System.out.printf("accuracy %.4f%n", evaluation.getMetrics().getAccuracy());
  }
}
