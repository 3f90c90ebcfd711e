package dev.hemlock.faults;

import dev.hemlock.embedded.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The broker in a process of its own: {@code Broker DIRECTORY PORT PROXY_PORT}. */
final class Broker {
  private Broker() {}

  @SuppressWarnings("resource")
  public static void main(String... args) throws IOException {
    EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
  }
}
