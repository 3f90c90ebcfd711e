package dev.hemlock.cli;

import com.google.protobuf.util.JsonFormat;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.ReportFormat;
import dev.hemlock.proto.training.v1.Recipe;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
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
    return run(connection, spec, out, progress);
  }

  /** Runs an experiment to its end, or goes on with it, and writes its report. */
  static Outcome run(Connection connection, ExperimentSpec spec, Path out, Progress progress) {
    Experiment done = run(connection, spec, progress);
    Path html =
        ReportCommand.write(connection, done.getName(), ReportFormat.REPORT_FORMAT_HTML, out);
    Path json =
        ReportCommand.write(connection, done.getName(), ReportFormat.REPORT_FORMAT_JSON, out);
    return new Outcome(read(json), html, json);
  }

  /** Runs an experiment to its end, or goes on with it. */
  static Experiment run(Connection connection, ExperimentSpec spec, Progress progress) {
    Experiment created =
        connection
            .experiments()
            .createExperiment(CreateExperimentRequest.newBuilder().setSpec(spec).build());
    return new Watcher(connection, progress).experiment(created.getName());
  }

  /** The file may be larger than a message. */
  private static ExperimentReport read(Path json) {
    ExperimentReport.Builder report = ExperimentReport.newBuilder();
    try (Reader reader = Files.newBufferedReader(json)) {
      JsonFormat.parser().ignoringUnknownFields().merge(reader, report);
    } catch (IOException e) {
      throw new CliException("Could not read " + json + ": " + e, e);
    }
    return report.build();
  }

  private static ExperimentBudget classShare(double ratio) {
    return ExperimentBudget.newBuilder().setClassShare(ratio).build();
  }
}
