package dev.hemlock.cli;

import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "poison",
    description = "Flips labels of the training split and prints the poisoned snapshot's name.",
    mixinStandardHelpOptions = true)
final class PoisonCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Mixin private AttackOptions attack;

  @Option(
      names = "--seed",
      defaultValue = "0",
      converter = SeedConverter.class,
      description = "Seed of the choice (default: 0).")
  private int seed;

  @Option(names = "--json", description = "Print the poisoning as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PoisoningSpec.Builder spec = PoisoningSpec.newBuilder().setSnapshot(snapshot).setSeed(seed);
    attack.addTo(spec);
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      Poisoning created =
          connection
              .poisonings()
              .createPoisoning(CreatePoisoningRequest.newBuilder().setSpec(spec).build());
      Poisoning done = new Watcher(connection, progress).poisoning(created.getName());
      System.out.println(json ? Printer.json(done) : done.getPoisonedSnapshot());
      return 0;
    }
  }
}
