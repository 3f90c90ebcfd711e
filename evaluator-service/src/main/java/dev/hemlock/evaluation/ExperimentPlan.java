package dev.hemlock.evaluation;

import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The smallest set of distinct jobs that an experiment needs. R ratios above 0 and S seeds need R·S
 * pairs but only (R+1)·S models, since a clean model serves every ratio; ratio 0 pairs the clean
 * model with itself. Each model is evaluated once.
 *
 * @param spec with its defaults filled in
 * @param poisonings distinct, by ratio and poison seed
 * @param models distinct, the clean ones first
 * @param pairs by ratio and seed as in the spec
 */
public record ExperimentPlan(
    ExperimentSpec spec, List<Poisoned> poisonings, List<Model> models, List<PlannedPair> pairs) {
  /** The split that is poisoned and trained on. */
  public static final String TRAIN = "train";

  /** The split that is evaluated. */
  public static final String TEST = "test";

  /** One poisoned version of the data. */
  public record Poisoned(double ratio, int seed) {}

  /**
   * One model.
   *
   * @param data empty for the clean snapshot
   */
  public record Model(Optional<Poisoned> data, int seed) {
    /** For people, for example {@code seed 3, ratio 0.4}. */
    public String describe() {
      String seedText = "seed " + Integer.toUnsignedString(seed);
      return seedText + data.map(poisoned -> ", ratio " + poisoned.ratio()).orElse(", clean");
    }
  }

  /** One comparison. */
  public record PlannedPair(double ratio, int poisonSeed, Model clean, Model poisoned) {
    public int seed() {
      return clean.seed();
    }
  }

  /** Expands a spec whose defaults are filled in. */
  public static ExperimentPlan of(ExperimentSpec spec) {
    List<PlannedPair> pairs = new ArrayList<>();
    for (double ratio : spec.getRatiosList()) {
      for (int i = 0; i < spec.getSeedsCount(); i++) {
        pairs.add(pair(ratio, spec.getSeeds(i), spec.getPoisonSeeds(i)));
      }
    }
    Set<Model> models = new LinkedHashSet<>(pairs.stream().map(PlannedPair::clean).toList());
    models.addAll(pairs.stream().map(PlannedPair::poisoned).toList());
    List<Poisoned> poisonings =
        models.stream().map(Model::data).flatMap(Optional::stream).distinct().toList();
    return new ExperimentPlan(spec, poisonings, List.copyOf(models), List.copyOf(pairs));
  }

  private static PlannedPair pair(double ratio, int seed, int poisonSeed) {
    Optional<Poisoned> data =
        ratio > 0 ? Optional.of(new Poisoned(ratio, poisonSeed)) : Optional.empty();
    return new PlannedPair(
        ratio, poisonSeed, new Model(Optional.empty(), seed), new Model(data, seed));
  }

  /** The models that need no poisoning. */
  public Stream<Model> cleanModels() {
    return models.stream().filter(model -> model.data().isEmpty());
  }

  /** The models trained on one poisoned version of the data. */
  public Stream<Model> modelsOn(Poisoned data) {
    return models.stream().filter(model -> model.data().equals(Optional.of(data)));
  }

  /** What to ask the poison service for. */
  public PoisoningSpec poisoning(Poisoned poisoned) {
    return PoisoningSpec.newBuilder()
        .setSnapshot(spec.getSnapshot())
        .setSplit(TRAIN)
        .setAttack(
            Attack.newBuilder()
                .setTargetedFlip(
                    TargetedFlip.newBuilder()
                        .setSourceClass(spec.getSourceClass())
                        .setTargetClass(spec.getTargetClass())))
        .setBudget(Budget.newBuilder().setClassShare(poisoned.ratio()))
        .setSeed(poisoned.seed())
        .build();
  }

  /**
   * What to ask the training service for.
   *
   * @param snapshot the model's data, clean or poisoned
   */
  public TrainingSpec training(Model model, String snapshot) {
    return TrainingSpec.newBuilder()
        .setSnapshot(snapshot)
        .setSplit(TRAIN)
        .setRecipe(spec.getRecipe())
        .setSeed(model.seed())
        .build();
  }

  /** The evaluation of a trained model on the clean snapshot's test split. */
  public EvaluationSpec evaluation(String trainingRun) {
    return EvaluationSpec.newBuilder()
        .setTrainingRun(trainingRun)
        .setSnapshot(spec.getSnapshot())
        .setSplit(TEST)
        .build();
  }
}
