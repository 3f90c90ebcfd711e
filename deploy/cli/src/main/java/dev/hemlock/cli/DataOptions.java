package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Snapshot;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What to import, and which part of it to keep. */
@Command
final class DataOptions {
  @Mixin private ImportSource source;
  @Mixin private SubsetOptions subset;

  /**
   * Imports.
   *
   * @param downloads where downloads are kept
   */
  Snapshot snapshot(Connection connection, Path downloads, Progress progress) {
    ImportSource.Resolved resolved = source.resolve(downloads, progress);
    return subset.apply(connection, Importer.run(connection, resolved, progress), progress);
  }
}
