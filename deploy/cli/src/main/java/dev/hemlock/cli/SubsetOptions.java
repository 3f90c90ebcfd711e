package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Subset;
import picocli.CommandLine.Option;

/** Thins out a snapshot's splits. */
final class SubsetOptions {
  @Option(
      names = "--limit-per-class",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Keep at most N training samples of each class.")
  private int limitPerClass;

  @Option(
      names = "--test-limit-per-class",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Keep at most N test samples of each class.")
  private int testLimitPerClass;

  @Option(
      names = "--subset-seed",
      paramLabel = "N",
      defaultValue = "0",
      converter = SeedConverter.class,
      description = "Seed of that choice (default: 0).")
  private int seed;

  Snapshot apply(Connection connection, Snapshot snapshot, Progress progress) {
    Snapshot trimmed = limit(connection, snapshot, "train", limitPerClass, progress);
    return limit(connection, trimmed, "test", testLimitPerClass, progress);
  }

  private Snapshot limit(
      Connection connection, Snapshot parent, String split, int limit, Progress progress) {
    if (limit == 0) {
      return parent;
    }
    progress.stage("Subset");
    Snapshot derived =
        connection
            .datasets()
            .deriveSnapshot(
                DeriveSnapshotRequest.newBuilder()
                    .setParent(parent.getName())
                    .setSubset(
                        Subset.newBuilder().setSplit(split).setLimitPerClass(limit).setSeed(seed))
                    .build());
    progress.done(Importer.describe(derived));
    return derived;
  }
}
