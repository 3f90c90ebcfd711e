package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;
import dev.hemlock.proto.evaluation.v1.PlanExperimentRequest;
import dev.hemlock.proto.evaluation.v1.PlanExperimentResponse;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "experiment",
    description = {
      "Runs experiments that are written down in a file; see docs/experiments.md.",
      "Runs the embedded default unless --address or --service is given."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ExperimentCommand {

  @Command(
      name = "plan",
      description = "Shows what an experiment would do and about how long it takes.",
      mixinStandardHelpOptions = true)
  int plan(@Mixin ServerOptions server, @Parameters(paramLabel = "FILE") Path file) {
    ExperimentFile experiment = ExperimentFile.read(file);
    try (Progress progress = Progress.onStandardError()) {
      return server.use(
          progress,
          connection -> {
            ExperimentSpec spec = experiment.spec(connection, server, progress);
            System.out.print(PlanText.of(plan(connection, spec)));
            return 0;
          });
    }
  }

  @Command(
      name = "run",
      description = {
        "Runs an experiment and writes report.html and report.json.",
        "Run again, it goes on where it was; with more seeds, only those are trained."
      },
      mixinStandardHelpOptions = true)
  int run(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(
              names = "--out",
              defaultValue = "hemlock-report",
              paramLabel = "DIR",
              description = "Folder for the report (default: ${DEFAULT-VALUE}).")
          Path out,
      @Option(names = "--json", description = "Print report.json instead of a table.")
          boolean json) {
    ExperimentFile experiment = ExperimentFile.read(file);
    Downloads.requireFolder(out);
    try (Progress progress = Progress.onStandardError()) {
      return server.use(
          progress,
          connection -> {
            ExperimentSpec spec = experiment.spec(connection, server, progress);
            System.err.print(PlanText.of(plan(connection, spec)));
            Measurement.Outcome outcome = Measurement.run(connection, spec, out, progress);
            System.out.println(
                json
                    ? Printer.json(outcome.report())
                    : ResultTable.of(outcome.report()) + MeasureCommand.files(outcome));
            return 0;
          });
    }
  }

  @Command(
      name = "search",
      description = {
        "Looks for the smallest harmful budget among those of the file, and trains only what decides.",
        "A budget does harm if its excess attack success rate is above the file's harmfulExcess."
      },
      mixinStandardHelpOptions = true)
  int search(
      @Mixin ServerOptions server,
      @Mixin LookOptions looks,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(names = "--json", description = "Print the judgement as JSON instead of a table.")
          boolean json) {
    ExperimentFile experiment = ExperimentFile.read(file);
    try (Progress progress = Progress.onStandardError()) {
      return server.use(
          progress,
          connection -> {
            ExperimentSpec spec = experiment.spec(connection, server, progress);
            HarmJudgement judgement = Judging.judge(connection, looks.request(spec), progress);
            System.out.print(json ? Printer.json(judgement) + "\n" : JudgementText.of(judgement));
            return 0;
          });
    }
  }

  private static PlanExperimentResponse plan(Connection connection, ExperimentSpec spec) {
    return connection
        .experiments()
        .planExperiment(PlanExperimentRequest.newBuilder().setSpec(spec).build());
  }
}
