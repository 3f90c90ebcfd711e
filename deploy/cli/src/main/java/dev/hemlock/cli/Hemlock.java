package dev.hemlock.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The command line. Results go to standard output, progress and errors to standard error. Exit
 * codes: 0 done, 1 failed, 2 wrong usage; {@link GateCommand} and {@link
 * ValidateCommand} have their own.
 */
@Command(
    name = "hemlock",
    description = "Measures what label-flip poisoning does to an image classifier.",
    version = "hemlock ${sys:hemlock.version:-development build}",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      MeasureCommand.class,
      ExperimentCommand.class,
      GateCommand.class,
      UpCommand.class,
      ImportCommand.class,
      PoisonCommand.class,
      LabelsCommand.class,
      ValidateCommand.class,
      ApproveCommand.class,
      VerifyCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      DetectCommand.class,
      CertifyCommand.class,
      ReportCommand.class,
      JudgeCommand.class,
      WatchCommand.class,
      CancelCommand.class,
      EventsCommand.class,
      ModelCommand.class,
      WorkCommand.class,
      GcCommand.class,
      HelpCommand.class
    })
public final class Hemlock {
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Hemlock() {}

  /** Runs one command and exits. */
  public static void main(String... args) {
    GRPC.setLevel(Level.OFF);
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Hemlock())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Hemlock::explain);
  }

  private static int explain(Exception e, CommandLine line, CommandLine.ParseResult result)
      throws Exception {
    if (e instanceof StatusRuntimeException || e instanceof CliException) {
      line.getErr().println(explanation((RuntimeException) e));
      return line.getCommandSpec().exitCodeOnExecutionException();
    }
    throw e;
  }

  /** What a failed call or command means to its user. */
  static String explanation(RuntimeException e) {
    return e instanceof StatusRuntimeException failure
        ? failure.getStatus().getCode() + ": " + reason(failure.getStatus())
        : e.getMessage();
  }

  private static String reason(Status status) {
    if (status.getCode() == Status.Code.UNAVAILABLE && status.getCause() != null) {
      return "no answer from the server (%s); start one with `hemlock up`, or correct --address"
          .formatted(status.getCause().getMessage());
    }
    return status.getDescription() == null ? "the server gave no reason" : status.getDescription();
  }
}
