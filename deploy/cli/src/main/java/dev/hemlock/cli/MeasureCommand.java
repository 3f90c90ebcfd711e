package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "measure",
    description = {
      "Measures one attack on your data and writes report.html and report.json.",
      "Runs the embedded default unless --address or --service is given."
    },
    mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
  @Mixin private ImportSource source;
  @Mixin private SubsetOptions subset;
  @Mixin private RecipeOptions recipe;
  @Mixin private ServerOptions server;

  @Option(names = "--source", required = true, description = "Class whose labels are flipped.")
  private String sourceClass;

  @Option(names = "--target", required = true, description = "Class they are flipped to.")
  private String targetClass;

  @Option(
      names = "--ratio",
      split = ",",
      defaultValue = "0.4",
      paramLabel = "RATIO",
      description = "Shares of the source class, the headline first (default: 0.4).")
  private List<Double> ratios;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "1,2,3,4,5",
      paramLabel = "SEED",
      converter = SeedConverter.class,
      description = "Training seeds, a pair of models for each (default: 1,2,3,4,5).")
  private List<Integer> seeds;

  @Option(
      names = "--poison-seeds",
      split = ",",
      paramLabel = "SEED",
      converter = SeedConverter.class,
      description =
          "Seeds of the choice of samples, one for each training seed (default: the same).")
  private List<Integer> poisonSeeds = List.of();

  @Option(
      names = "--accuracy-margin",
      defaultValue = "0.02",
      paramLabel = "SHARE",
      description =
          "How far accuracy may move and still count as preserved (default: 0.02, 2 points).")
  private double accuracyMargin;

  @Option(
      names = "--out",
      defaultValue = "hemlock-report",
      paramLabel = "DIR",
      description = "Folder for the report (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--json", description = "Print report.json instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    Measurement measurement =
        new Measurement(
            sourceClass, targetClass, ratios, seeds, poisonSeeds, accuracyMargin, recipe.recipe());
    Downloads.requireFolder(out);
    try (Progress progress = Progress.onStandardError()) {
      ImportSource.Resolved data = source.resolve(server.dataDirectory(), progress);
      return server.use(progress, connection -> measure(measurement, connection, data, progress));
    }
  }

  private int measure(
      Measurement measurement,
      Connection connection,
      ImportSource.Resolved data,
      Progress progress) {
    Snapshot imported = Importer.run(connection, data, progress);
    Snapshot snapshot = subset.apply(connection, imported, progress);
    Measurement.Outcome outcome = measurement.run(connection, snapshot, out, progress);
    System.out.println(
        json ? Printer.json(outcome.report()) : ResultTable.of(outcome.report()) + files(outcome));
    return 0;
  }

  static String files(Measurement.Outcome outcome) {
    return "Report  " + outcome.html() + "\nFigures " + outcome.json() + "\n";
  }
}
