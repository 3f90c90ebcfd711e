package dev.hemlock.cli;

import dev.hemlock.proto.training.v1.CreateTrainingRunRequest;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "train",
    description = "Trains a model on a snapshot and prints the run's name.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;
  @Mixin private RecipeOptions recipe;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Option(
      names = "--seed",
      defaultValue = "0",
      converter = SeedConverter.class,
      description = "Seed of weights, order and augmentation (default: 0).")
  private int seed;

  @Option(
      names = "--red-team",
      description = "Train on a snapshot that is not admitted; the model is marked untrusted.")
  private boolean redTeam;

  @Option(names = "--json", description = "Print the training run as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      TrainingSpec.Builder spec =
          TrainingSpec.newBuilder().setSnapshot(snapshot).setRecipe(recipe.recipe()).setSeed(seed);
      if (redTeam) {
        spec.setRedTeam(true);
      }
      TrainingRun created =
          connection
              .trainings()
              .createTrainingRun(CreateTrainingRunRequest.newBuilder().setSpec(spec).build());
      TrainingRun done = new Watcher(connection, progress).training(created.getName());
      System.out.println(json ? Printer.json(done) : done.getName());
      return 0;
    }
  }
}
