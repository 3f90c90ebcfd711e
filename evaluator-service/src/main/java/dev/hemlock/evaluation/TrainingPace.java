package dev.hemlock.evaluation;

import dev.hemlock.proto.dataset.v1.ImageShape;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * How fast models have been trained: the median over finished runs of the seconds that one sample
 * took in one epoch, for each kind of run. Whether a machine was busy with something else meanwhile
 * is not known.
 */
final class TrainingPace {
  private final Map<Kind, List<Double>> secondsBySample;

  /** What the time of a step depends on. */
  private record Kind(Recipe recipe, ImageShape shape) {
    static Kind of(Recipe recipe, ImageShape shape) {
      Recipe.Builder step = recipe.toBuilder().clearEpochs();
      if (step.hasAdam()) {
        step.getAdamBuilder().clear();
      } else if (step.hasSgd()) {
        step.getSgdBuilder().clear();
      }
      return new Kind(step.build(), shape);
    }
  }

  private TrainingPace(Map<Kind, List<Double>> secondsBySample) {
    this.secondsBySample = secondsBySample;
  }

  /**
   * @param runs any; only those with every epoch done count
   * @param snapshots gives the snapshot of a name
   */
  static TrainingPace of(Collection<TrainingRun> runs, Function<String, Snapshot> snapshots) {
    Map<Kind, List<Double>> seconds = new HashMap<>();
    for (TrainingRun run : runs) {
      if (run.hasModel() && run.getEpochsCount() == run.getSpec().getRecipe().getEpochs()) {
        Snapshot snapshot = snapshots.apply(run.getSpec().getSnapshot());
        double total = run.getEpochsList().stream().mapToDouble(EpochMetrics::getSeconds).sum();
        double sampleEpochs =
            (double) samples(snapshot, run.getSpec().getSplit()) * run.getEpochsCount();
        seconds
            .computeIfAbsent(
                Kind.of(run.getSpec().getRecipe(), snapshot.getImageShape()),
                kind -> new ArrayList<>())
            .add(total / sampleEpochs);
      }
    }
    return new TrainingPace(seconds);
  }

  /** Seconds to train one model; empty if no such model was trained yet. */
  OptionalDouble seconds(Recipe recipe, Snapshot snapshot) {
    List<Double> measured = measured(recipe, snapshot);
    if (measured.isEmpty()) {
      return OptionalDouble.empty();
    }
    double median = measured.stream().sorted().toList().get(measured.size() / 2);
    double samples = samples(snapshot, ExperimentPlan.TRAIN);
    return OptionalDouble.of(median * samples * recipe.getEpochs());
  }

  /** How many runs {@link #seconds} rests on. */
  int runs(Recipe recipe, Snapshot snapshot) {
    return measured(recipe, snapshot).size();
  }

  private List<Double> measured(Recipe recipe, Snapshot snapshot) {
    return secondsBySample.getOrDefault(Kind.of(recipe, snapshot.getImageShape()), List.of());
  }

  private static int samples(Snapshot snapshot, String split) {
    return snapshot.getSplitsList().stream()
        .filter(s -> s.getName().equals(split))
        .mapToInt(Split::getSampleCount)
        .findFirst()
        .orElse(0);
  }
}
