package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = "Measures one attack on bundled handwritten digits, in under a minute.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  /** Fixed before the first result was seen; see docs/adr/0006-demo-recipe.md. */
  static final Measurement MEASUREMENT =
      new Measurement(
          "1",
          "7",
          List.of(0.4),
          IntStream.rangeClosed(1, 10).boxed().toList(),
          List.of(),
          0.02,
          Recipe.newBuilder().setArchitecture(Architecture.ARCHITECTURE_SMALLCNN).build());

  @Mixin private LocalOptions local;

  @Option(
      names = "--out",
      defaultValue = "hemlock-demo",
      paramLabel = "DIR",
      description = "Folder for the report (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--json", description = "Print report.json instead of a table.")
  private boolean json;

  @Option(names = "--keep-running", description = "Leave the embedded default running at the end.")
  private boolean keepRunning;

  @Override
  public Integer call() throws InterruptedException {
    Downloads.requireFolder(out);
    try (Progress progress = Progress.onStandardError()) {
      progress.stage("Start");
      try (LocalHemlock hemlock = local.start(0, List.of());
          Connection connection = hemlock.connect()) {
        progress.done("the embedded default, data in " + local.dataDirectory());
        Snapshot digits = Importer.run(connection, ImportSource.bundledDigits(), progress);
        Measurement.Outcome outcome = MEASUREMENT.run(connection, digits, out, progress);
        if (json) {
          System.out.println(Printer.json(outcome.report()));
        } else {
          System.out.print(ResultTable.of(outcome.report()) + MeasureCommand.files(outcome) + NEXT);
        }
        if (keepRunning) {
          System.err.print("\n" + UpCommand.instructions(hemlock.grpc(), hemlock.kafka()));
          hemlock.await();
        }
        return 0;
      }
    }
  }

  private static final String NEXT =
      """

      Try next
        deploy/hemlock measure --digits --source 1 --target 7 --ratio 0.4,0.2,0.6 --seeds 1,2,3,4,5 --out dose
        deploy/hemlock measure --archive YOUR-IMAGES.tar.gz --source CLASS --target CLASS --out mine
        deploy/hemlock up
      """;
}
