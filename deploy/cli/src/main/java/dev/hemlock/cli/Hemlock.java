package dev.hemlock.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The command line. Results go to standard output, progress and errors to standard error. Exit
 * codes: 0 done, 1 failed, 2 wrong usage.
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
      UpCommand.class,
      ImportCommand.class,
      PoisonCommand.class,
      LabelsCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      WatchCommand.class,
      CancelCommand.class,
      EventsCommand.class,
      ModelCommand.class,
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
    PrintWriter err = line.getErr();
    if (e instanceof StatusRuntimeException failure) {
      err.println(failure.getStatus().getCode() + ": " + reason(failure.getStatus()));
      return 1;
    }
    if (e instanceof CliException) {
      err.println(e.getMessage());
      return 1;
    }
    throw e;
  }

  private static String reason(Status status) {
    if (status.getCode() == Status.Code.UNAVAILABLE && status.getCause() != null) {
      return "no answer from the server (%s); start one with `hemlock up`, or correct --address"
          .formatted(status.getCause().getMessage());
    }
    return status.getDescription() == null ? "the server gave no reason" : status.getDescription();
  }
}
