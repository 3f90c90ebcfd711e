package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.BudgetJudgement;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "gate",
    description = {
      "Passes or fails a training set-up by what one attack does to it, for continuous integration.",
      "Judges the bound of an interval, never the mean, at looks declared beforehand that share the"
          + " error rate. Runs the embedded default unless --address or --service is given."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:passed: the excess attack success rate is shown to be at most the limit",
      "1:failed: it is shown to be above",
      "2:could not be judged, or wrong usage",
      "3:undecided: more seeds are needed"
    },
    exitCodeOnExecutionException = 2,
    mixinStandardHelpOptions = true)
final class GateCommand implements Callable<Integer> {
  @Mixin private ServerOptions server;
  @Mixin private LookOptions looks;

  @Parameters(paramLabel = "FILE", description = "An experiment with one budget.")
  private Path file;

  @Option(
      names = "--max-excess-asr",
      required = true,
      paramLabel = "SHARE",
      description = "The limit of the excess attack success rate, above 0 to 1.")
  private double limit;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the outcome as JUnit XML, undecided as skipped.")
  private Optional<Path> junit = Optional.empty();

  @Override
  public Integer call() {
    if (!(limit > 0 && limit <= 1)) {
      throw new CliException("--max-excess-asr must be above 0 and at most 1, not " + limit + ".");
    }
    ExperimentFile experiment = ExperimentFile.read(file);
    if (experiment.spec().getBudgetsCount() != 1) {
      throw new CliException(
          "A gate judges one budget and %s has %d; leave one, or use `hemlock experiment search`."
              .formatted(file, experiment.spec().getBudgetsCount()));
    }
    long start = System.nanoTime();
    try (Progress progress = Progress.onStandardError()) {
      return server.use(
          progress,
          connection -> {
            ExperimentSpec spec =
                experiment.spec(connection, server, progress).toBuilder()
                    .setHarmfulExcess(limit)
                    .build();
            HarmJudgement judgement = Judging.judge(connection, looks.request(spec), progress);
            return report(judgement, (System.nanoTime() - start) / 1e9);
          });
    }
  }

  private int report(HarmJudgement judgement, double seconds) {
    GateOutcome outcome = GateOutcome.of(judgement, limit);
    System.out.println(outcome.sentence());
    BudgetJudgement budget = judgement.getBudgets(0);
    System.out.println(budget.getExperiment());
    junit.ifPresent(path -> JunitXml.write(path, file.getFileName().toString(), outcome, seconds));
    return outcome.exitCode();
  }
}
