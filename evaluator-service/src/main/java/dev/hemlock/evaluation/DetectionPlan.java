package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.evaluation.detection.Folds;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The models that give a detector its evidence, and what each is asked about. */
final class DetectionPlan {
  private DetectionPlan() {}

  /**
   * The models of a spec whose defaults are filled in; of folds, in their order, of checkpoints, by
   * growing number of epochs.
   *
   * @param select derives the snapshot of some samples, given by their ids
   */
  static List<Probe> probes(
      DetectionSpec spec, JudgedSplit judged, Function<int[], String> select) {
    return switch (spec.getDetectorCase()) {
      case CONFIDENT_LEARNING -> {
        Folds folds = folds(spec);
        yield IntStream.range(0, folds.count())
            .mapToObj(
                fold ->
                    new Probe(
                        training(
                            spec,
                            select.apply(
                                at(judged.sampleIds(), folds.outside(fold, judged.sampleIds())))),
                        select.apply(
                            at(judged.sampleIds(), folds.inside(fold, judged.sampleIds()))),
                        spec.getSplit(),
                        false))
            .toList();
      }
      case AREA_UNDER_MARGIN -> checkpoints(spec, spec.getAreaUnderMargin().getCheckpoints());
      case LOSS_RANKING -> checkpoints(spec, spec.getLossRanking().getCheckpoints());
      case NEIGHBOUR_DISAGREEMENT, ACTIVATION_CLUSTERING, SPECTRAL_SIGNATURE ->
          List.of(
              new Probe(
                  training(spec, spec.getSnapshot()), spec.getSnapshot(), spec.getSplit(), true));
      case ORACLE, RANDOM_FILTER, DETECTOR_NOT_SET -> List.of();
    };
  }

  /** The first seed's training on a snapshot. */
  static TrainingSpec training(DetectionSpec spec, String snapshot) {
    TrainingSpec.Builder training =
        TrainingSpec.newBuilder()
            .setSnapshot(snapshot)
            .setSplit(spec.getSplit())
            .setRecipe(spec.getRecipe())
            .setSeed(spec.getSeed());
    if (spec.getRedTeam()) {
      training.setRedTeam(true);
    }
    return training.build();
  }

  /**
   * How many passes over all samples the models of a spec whose defaults are filled in are trained
   * for, beside the one that is trained on all of them to the end.
   */
  static int furtherEpochs(DetectionSpec spec) {
    int epochs = spec.getRecipe().getEpochs();
    return switch (spec.getDetectorCase()) {
      case CONFIDENT_LEARNING -> (spec.getConfidentLearning().getFolds() - 1) * epochs;
      case AREA_UNDER_MARGIN ->
          points(spec, spec.getAreaUnderMargin().getCheckpoints()).sum() - epochs;
      case LOSS_RANKING -> points(spec, spec.getLossRanking().getCheckpoints()).sum() - epochs;
      case NEIGHBOUR_DISAGREEMENT,
          ACTIVATION_CLUSTERING,
          SPECTRAL_SIGNATURE,
          ORACLE,
          RANDOM_FILTER,
          DETECTOR_NOT_SET ->
          0;
    };
  }

  private static IntStream points(DetectionSpec spec, int count) {
    int epochs = spec.getRecipe().getEpochs();
    return IntStream.rangeClosed(1, count)
        .map(point -> (int) Math.round((double) point * epochs / count));
  }

  static Folds folds(DetectionSpec spec) {
    return new Folds(spec.getConfidentLearning().getFolds(), spec.getSeed());
  }

  /** Checks a spec against its data: INVALID_ARGUMENT if a fold would be empty. */
  static void check(DetectionSpec spec, JudgedSplit judged) {
    if (spec.hasConfidentLearning() && !folds(spec).fill(judged.sampleIds())) {
      String message =
          "Of %d folds of %d samples one is empty; ask for fewer folds"
              .formatted(spec.getConfidentLearning().getFolds(), judged.sampleIds().length);
      throw HemlockException.invalidArgument(message)
          .violating("spec.confident_learning.folds", message);
    }
  }

  private static List<Probe> checkpoints(DetectionSpec spec, int count) {
    return points(spec, count)
        .mapToObj(
            until -> {
              TrainingSpec.Builder training = training(spec, spec.getSnapshot()).toBuilder();
              training.getRecipeBuilder().setEpochs(until);
              return new Probe(training.build(), spec.getSnapshot(), spec.getSplit(), false);
            })
        .toList();
  }

  private static int[] at(int[] ids, int[] positions) {
    return IntStream.of(positions).map(i -> ids[i]).toArray();
  }
}
