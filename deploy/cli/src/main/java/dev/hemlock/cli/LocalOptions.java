package dev.hemlock.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the embedded default keeps its data. */
final class LocalOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Data of the embedded default (default: ~/.hemlock).")
  private Path dataDirectory = Path.of(System.getProperty("user.home"), ".hemlock");

  Path dataDirectory() {
    return dataDirectory;
  }

  LocalHemlock start(int port, List<String> settings) {
    return LocalHemlock.start(dataDirectory, port, settings);
  }
}
