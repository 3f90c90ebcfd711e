package dev.hemlock.evaluation;

import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Oracle;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.training.v1.ForwardCorrection;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The smallest set of distinct jobs that an experiment needs. With A attacks, B budgets above 0, S
 * training seeds and K poison seeds for each, a recipe needs A·B·S·K pairs but only (A·B·K+1)·S
 * models, since a clean model serves every attack and budget, and all recipes share their
 * poisonings; budget 0 pairs the clean model with itself. A defence needs the models of one more
 * recipe. Each model is evaluated on the test and on the train split.
 *
 * @param spec with its defaults filled in
 * @param arms by recipe and then defence, and by attack, as in the spec
 * @param poisonings distinct, by attack, budget and poison seed
 * @param models distinct, the clean ones first
 * @param pairs by arm, budget, training seed and draw as in the spec
 */
public record ExperimentPlan(
    ExperimentSpec spec,
    List<Arm> arms,
    List<Poisoned> poisonings,
    List<Model> models,
    List<PlannedPair> pairs) {
  /** The split that is poisoned and trained on. */
  public static final String TRAIN = "train";

  /** The first recipe, which stands for no defence. */
  static final int UNDEFENDED = 0;

  /** The split that is evaluated. */
  public static final String TEST = "test";

  /**
   * One attack with one way to train.
   *
   * @param attack an index into the spec
   * @param treatment a recipe, or from there on a defence, as indices into the spec
   */
  public record Arm(int attack, int treatment) {}

  /** One poisoned version of the data; attack and budget are indices into the spec. */
  public record Poisoned(int attack, int budget, int seed) {}

  /**
   * One model.
   *
   * @param treatment as of an arm
   * @param data empty for the clean snapshot
   */
  public record Model(int treatment, Optional<Poisoned> data, int seed) {
    /** The model without any defence that has its seed and its data before any sanitising. */
    Model undefended() {
      return new Model(UNDEFENDED, data, seed);
    }
  }

  /**
   * One comparison.
   *
   * @param arm an index into the plan's arms
   * @param budget an index into the spec
   * @param draw which of the training seed's poison seeds, from 0
   */
  public record PlannedPair(
      int arm, int budget, int draw, int poisonSeed, Model clean, Model poisoned) {
    public int seed() {
      return clean.seed();
    }
  }

  /** One model's predictions on one split of the clean snapshot. */
  public record PlannedEvaluation(Model model, String split) {}

  /** Expands a spec whose defaults are filled in. */
  public static ExperimentPlan of(ExperimentSpec spec) {
    List<Arm> arms =
        range(treatments(spec))
            .flatMap(treatment -> range(spec.getAttacksCount()).map(a -> new Arm(a, treatment)))
            .toList();
    List<PlannedPair> pairs =
        range(arms.size())
            .flatMap(
                arm ->
                    range(spec.getBudgetsCount())
                        .flatMap(
                            budget ->
                                range(spec.getPoisonSeedsCount())
                                    .map(i -> pair(spec, arm, arms.get(arm), budget, i))))
            .toList();
    Set<Model> models = new LinkedHashSet<>(pairs.stream().map(PlannedPair::clean).toList());
    models.addAll(pairs.stream().map(PlannedPair::poisoned).toList());
    List<Poisoned> poisonings =
        models.stream().map(Model::data).flatMap(Optional::stream).distinct().toList();
    return new ExperimentPlan(spec, arms, poisonings, List.copyOf(models), pairs);
  }

  private static PlannedPair pair(
      ExperimentSpec spec, int armIndex, Arm arm, int budget, int poisonSeedIndex) {
    int draws = draws(spec);
    int seed = spec.getSeeds(poisonSeedIndex / draws);
    int poisonSeed = spec.getPoisonSeeds(poisonSeedIndex);
    Optional<Poisoned> data =
        flipsNothing(spec.getBudgets(budget))
            ? Optional.empty()
            : Optional.of(new Poisoned(arm.attack(), budget, poisonSeed));
    return new PlannedPair(
        armIndex,
        budget,
        poisonSeedIndex % draws,
        poisonSeed,
        new Model(arm.treatment(), Optional.empty(), seed),
        new Model(arm.treatment(), data, seed));
  }

  private static Stream<Integer> range(int end) {
    return IntStream.range(0, end).boxed();
  }

  /** How many ways to train there are: the recipes, then the defences. */
  static int treatments(ExperimentSpec spec) {
    return spec.getRecipesCount() + spec.getDefences().getCompareCount();
  }

  /** Whether an arm or a model is a defence's. */
  boolean isDefended(int treatment) {
    return treatment >= spec.getRecipesCount();
  }

  /** The label of the recipe or defence. */
  String label(int treatment) {
    return isDefended(treatment)
        ? defence(treatment).getLabel()
        : spec.getRecipes(treatment).getLabel();
  }

  /**
   * How its models are trained: with a defence that has no recipe of its own, by the first, into which
   * one that estimates transitions puts them.
   */
  Recipe recipe(int treatment) {
    if (!isDefended(treatment)) {
      return spec.getRecipes(treatment).getRecipe();
    }
    return defence(treatment).hasRecipe()
        ? defence(treatment).getRecipe()
        : spec.getRecipes(UNDEFENDED).getRecipe();
  }

  /**
   * Whether its models wait for others: those that a detector looks at, or that transitions are read
   * off.
   */
  boolean needsFirstModels(int treatment) {
    return sanitises(treatment) || estimatesTransitions(treatment);
  }

  /** Whether its models are trained on sanitised data. */
  boolean sanitises(int treatment) {
    return isDefended(treatment) && defence(treatment).hasSanitise();
  }

  /** Whether its models learn by transitions that are read off the undefended ones. */
  boolean estimatesTransitions(int treatment) {
    return isDefended(treatment) && defence(treatment).hasEstimatedForwardCorrection();
  }

  /** Whether its models only show how well or badly a filter can do. */
  boolean isBound(int treatment) {
    return sanitises(treatment)
        && (defence(treatment).getSanitise().hasOracle()
            || defence(treatment).getSanitise().hasRandomFilter());
  }

  /** How the data of a model is sanitised that {@link #sanitises}. */
  Sanitise sanitise(Model model) {
    return defence(model.treatment()).getSanitise();
  }

  /** The models that are trained on what a detection leaves of a version of the data. */
  public Stream<Model> sanitisedOn(Optional<Poisoned> data) {
    return models.stream()
        .filter(model -> model.data().equals(data) && sanitises(model.treatment()));
  }

  /** How many detections there are, one for each model that is trained on what one leaves. */
  int detections() {
    return (int) models.stream().filter(model -> sanitises(model.treatment())).count();
  }

  /** The models that learn by the transitions that are read off an undefended one. */
  public Stream<Model> correctedBy(Model undefended) {
    return models.stream()
        .filter(
            model ->
                estimatesTransitions(model.treatment()) && model.undefended().equals(undefended));
  }

  /** Which sample stands for a class in the transitions of a model that estimates them. */
  double anchorQuantile(Model model) {
    return defence(model.treatment()).getEstimatedForwardCorrection().getAnchorQuantile();
  }

  private Defence defence(int treatment) {
    return spec.getDefences().getCompare(treatment - spec.getRecipesCount());
  }

  /** Poison seeds for each training seed. */
  static int draws(ExperimentSpec spec) {
    return spec.getPoisonSeedsCount() / spec.getSeedsCount();
  }

  /** Whether a budget means the clean snapshot itself. */
  static boolean flipsNothing(ExperimentBudget budget) {
    return switch (budget.getAmountCase()) {
      case CLASS_SHARE -> budget.getClassShare() == 0;
      case SPLIT_SHARE -> budget.getSplitShare() == 0;
      case COUNT -> budget.getCount() == 0;
      case AMOUNT_NOT_SET -> throw new IllegalArgumentException("A budget needs an amount");
    };
  }

  /** The models that need no poisoning. */
  public Stream<Model> cleanModels() {
    return models.stream().filter(model -> model.data().isEmpty());
  }

  /** The models trained on a version of the data as it is, empty for the clean snapshot. */
  public Stream<Model> modelsOn(Optional<Poisoned> data) {
    return models.stream()
        .filter(model -> model.data().equals(data) && !needsFirstModels(model.treatment()));
  }

  /** For people, for example {@code seed 3, ratio 0.4, poison seed 3}; what is single is left out. */
  public String describe(Model model) {
    StringBuilder text = new StringBuilder("seed " + Integer.toUnsignedString(model.seed()));
    if (isDefended(model.treatment())) {
      text.append(", defence ").append(label(model.treatment()));
    } else if (spec.getRecipesCount() > 1) {
      text.append(", recipe ").append(label(model.treatment()));
    }
    return text.append(", ").append(model.data().map(this::describe).orElse("clean")).toString();
  }

  /** For people, for example {@code ratio 0.4, poison seed 3}; what is single is left out. */
  public String describe(Poisoned poisoned) {
    String attack =
        spec.getAttacksCount() > 1
            ? "attack " + spec.getAttacks(poisoned.attack()).getLabel() + ", "
            : "";
    return attack
        + describe(spec.getBudgets(poisoned.budget()))
        + ", poison seed "
        + Integer.toUnsignedString(poisoned.seed());
  }

  /** For people, for example {@code ratio 0.4} or {@code 50 labels}. */
  static String describe(ExperimentBudget budget) {
    return switch (budget.getAmountCase()) {
      case CLASS_SHARE -> "ratio " + budget.getClassShare();
      case SPLIT_SHARE -> "split share " + budget.getSplitShare();
      case COUNT -> budget.getCount() + (budget.getCount() == 1 ? " label" : " labels");
      case AMOUNT_NOT_SET -> throw new IllegalArgumentException("A budget needs an amount");
    };
  }

  /** What to ask the poison service for. */
  public PoisoningSpec poisoning(Poisoned poisoned) {
    return PoisoningSpec.newBuilder()
        .setSnapshot(spec.getSnapshot())
        .setSplit(TRAIN)
        .setAttack(spec.getAttacks(poisoned.attack()).getAttack())
        .setBudget(budget(spec.getBudgets(poisoned.budget())))
        .setSeed(poisoned.seed())
        .build();
  }

  private static Budget budget(ExperimentBudget budget) {
    return switch (budget.getAmountCase()) {
      case CLASS_SHARE -> Budget.newBuilder().setClassShare(budget.getClassShare()).build();
      case SPLIT_SHARE -> Budget.newBuilder().setSplitShare(budget.getSplitShare()).build();
      case COUNT -> Budget.newBuilder().setCount(budget.getCount()).build();
      case AMOUNT_NOT_SET -> throw new IllegalArgumentException("A budget needs an amount");
    };
  }

  /**
   * What to ask the training service for.
   *
   * @param snapshot the model's data, clean or poisoned
   */
  public TrainingSpec training(Model model, String snapshot) {
    TrainingSpec.Builder training =
        TrainingSpec.newBuilder()
            .setSnapshot(snapshot)
            .setSplit(TRAIN)
            .setRecipe(recipe(model.treatment()))
            .setSeed(model.seed());
    if (isRedTeam(snapshot)) {
      training.setRedTeam(true);
    }
    return training.build();
  }

  /** The same of a model that {@link #estimatesTransitions}. */
  public TrainingSpec training(Model model, String snapshot, ForwardCorrection correction) {
    TrainingSpec.Builder training = training(model, snapshot).toBuilder();
    training.getRecipeBuilder().setForwardCorrection(correction);
    return training.build();
  }

  private boolean isRedTeam(String snapshot) {
    return spec.getRedTeam() && !snapshot.equals(spec.getSnapshot());
  }

  /**
   * What to ask for before a model can be trained on sanitised data. What is trained for it on all of
   * the data is the undefended model.
   *
   * @param snapshot the model's data before, clean or poisoned
   * @param poisoning that made the snapshot; empty for the clean one
   */
  public DetectionSpec detection(Model model, String snapshot, String poisoning) {
    DetectionSpec.Builder detection =
        Detectors.detection(sanitise(model))
            .setSnapshot(snapshot)
            .setSplit(TRAIN)
            .setSeed(model.seed());
    if (detection.hasOracle()) {
      return detection.setOracle(Oracle.newBuilder().setPoisoning(poisoning)).build();
    }
    if (detection.hasRandomFilter()) {
      return detection.build();
    }
    if (isRedTeam(snapshot)) {
      detection.setRedTeam(true);
    }
    return detection.setRecipe(recipe(UNDEFENDED)).build();
  }

  /**
   * Every model on the test split; on the train split too, to see what it makes of flipped samples
   * and to read transitions off it, unless nothing of that is wanted.
   */
  public List<PlannedEvaluation> evaluations() {
    return models.stream().flatMap(this::evaluationsOf).toList();
  }

  /** The evaluations of one model. */
  public Stream<PlannedEvaluation> evaluationsOf(Model model) {
    boolean onTrain = !poisonings.isEmpty() || correctedBy(model).findAny().isPresent();
    Stream<String> splits = onTrain ? Stream.of(TEST, TRAIN) : Stream.of(TEST);
    return splits.map(split -> new PlannedEvaluation(model, split));
  }

  /** The evaluation of a trained model on a split of the clean snapshot. */
  public EvaluationSpec evaluation(PlannedEvaluation planned, String trainingRun) {
    return EvaluationSpec.newBuilder()
        .setTrainingRun(trainingRun)
        .setSnapshot(spec.getSnapshot())
        .setSplit(planned.split())
        .build();
  }
}
