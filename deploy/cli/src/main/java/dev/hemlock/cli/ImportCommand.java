package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Subset;
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

  /** Thins out the training split. */
  static final class SubsetOptions {
    @Option(
        names = "--limit-per-class",
        paramLabel = "N",
        description = "Keep at most N training samples of each class.")
    private int limitPerClass;

    @Option(
        names = "--subset-seed",
        paramLabel = "N",
        defaultValue = "0",
        converter = SeedConverter.class,
        description = "Seed of that choice (default: 0).")
    private int seed;

    Snapshot apply(Connection connection, Snapshot parent, Progress progress) {
      if (limitPerClass == 0) {
        return parent;
      }
      progress.stage("Subset");
      Snapshot derived =
          connection
              .datasets()
              .deriveSnapshot(
                  DeriveSnapshotRequest.newBuilder()
                      .setParent(parent.getName())
                      .setSubset(Subset.newBuilder().setLimitPerClass(limitPerClass).setSeed(seed))
                      .build());
      progress.done(Importer.describe(derived));
      return derived;
    }
  }
}
