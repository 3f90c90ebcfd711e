package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.GetExperimentReportRequest;
import dev.hemlock.proto.evaluation.v1.ReportFormat;
import dev.hemlock.proto.training.v1.Recipe;
import java.nio.file.Path;
import java.util.List;

/** One attack measured on one snapshot, and its report written to a folder. */
record Measurement(
    String source,
    String target,
    List<Double> ratios,
    List<Integer> seeds,
    List<Integer> poisonSeeds,
    double accuracyMargin,
    Recipe recipe) {

  /** What came of a measurement. */
  record Outcome(ExperimentReport report, Path html, Path json) {}

  Outcome run(Connection connection, Snapshot snapshot, Path out, Progress progress) {
    ExperimentSpec spec =
        ExperimentSpec.newBuilder()
            .setSnapshot(snapshot.getName())
            .setSourceClass(source)
            .setTargetClass(target)
            .addAllBudgets(ratios.stream().map(Measurement::classShare).toList())
            .addAllSeeds(seeds)
            .addAllPoisonSeeds(poisonSeeds)
            .setAccuracyMargin(accuracyMargin)
            .addRecipes(ExperimentRecipe.newBuilder().setRecipe(recipe))
            .build();
    Experiment created =
        connection
            .experiments()
            .createExperiment(CreateExperimentRequest.newBuilder().setSpec(spec).build());
    Experiment done = new Watcher(connection, progress).experiment(created.getName());
    Path html =
        ReportCommand.write(connection, done.getName(), ReportFormat.REPORT_FORMAT_HTML, out);
    Path json =
        ReportCommand.write(connection, done.getName(), ReportFormat.REPORT_FORMAT_JSON, out);
    ExperimentReport report =
        connection
            .experiments()
            .getExperimentReport(
                GetExperimentReportRequest.newBuilder().setName(done.getName()).build());
    return new Outcome(report, html, json);
  }

  private static ExperimentBudget classShare(double ratio) {
    return ExperimentBudget.newBuilder().setClassShare(ratio).build();
  }
}
