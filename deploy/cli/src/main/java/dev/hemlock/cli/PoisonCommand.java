package dev.hemlock.cli;

import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "poison",
    description = "Flips labels of one class and prints the poisoned snapshot's name.",
    mixinStandardHelpOptions = true)
final class PoisonCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Option(names = "--source", required = true, description = "Class whose labels are flipped.")
  private String source;

  @Option(names = "--target", required = true, description = "Class they are flipped to.")
  private String target;

  @Option(names = "--ratio", required = true, description = "Share of the source class.")
  private double ratio;

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
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      PoisoningSpec spec =
          PoisoningSpec.newBuilder()
              .setSnapshot(snapshot)
              .setAttack(
                  Attack.newBuilder()
                      .setTargetedFlip(
                          TargetedFlip.newBuilder().setSourceClass(source).setTargetClass(target)))
              .setBudget(Budget.newBuilder().setClassShare(ratio))
              .setSeed(seed)
              .build();
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
