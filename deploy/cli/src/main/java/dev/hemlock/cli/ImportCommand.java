package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Snapshot;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "import",
    description = "Imports images as an immutable snapshot and prints its name.",
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;
  @Mixin private ImportSource source;
  @Mixin private SubsetOptions subset;

  @Option(names = "--json", description = "Print the snapshot as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      Snapshot snapshot =
          Importer.run(connection, source.resolve(Path.of("."), progress), progress);
      Snapshot result = subset.apply(connection, snapshot, progress);
      System.out.println(json ? Printer.json(result) : result.getName());
      return 0;
    }
  }
}
