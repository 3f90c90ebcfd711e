package dev.hemlock.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;

/** Services at an address, or the embedded default. */
final class ServerOptions {
  @Mixin private LocalOptions local;

  @ArgGroup(exclusive = false)
  private AddressOptions address;

  Path dataDirectory() {
    return local.dataDirectory();
  }

  /** Connects, starting the embedded default unless there is an address; gives the exit code. */
  int use(Progress progress, ToIntFunction<Connection> work) {
    if (address != null) {
      try (Connection connection = address.connect()) {
        return work.applyAsInt(connection);
      }
    }
    progress.stage("Start");
    try (LocalHemlock hemlock = local.start(0, List.of());
        Connection connection = hemlock.connect()) {
      progress.done("the embedded default, data in " + local.dataDirectory());
      return work.applyAsInt(connection);
    }
  }
}
