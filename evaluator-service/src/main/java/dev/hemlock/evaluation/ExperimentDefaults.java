package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.Defences;
import dev.hemlock.proto.evaluation.v1.EstimatedForwardCorrection;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.evaluation.v1.SanitiseAction;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.training.v1.Recipe;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Fills in what a spec leaves out, so that equal experiments have equal specs. */
final class ExperimentDefaults {
  private static final double ACCURACY_MARGIN = 0.02;
  private static final double HARMFUL_EXCESS = 0.1;
  private static final double MOST_RELATIVE_COST = 3;
  private static final double ANCHOR_QUANTILE = 0.97;
  private static final int MOST_MODELS = 20_000;

  private ExperimentDefaults() {}

  /**
   * Fills in what can be filled in without asking another service: poison seeds default to the
   * training seeds, the attack to a targeted flip, labels to what they name, the accuracy margin to
   * 0.02, the harmful excess to 0.1 and the most relative cost of a defence to 3.
   *
   * @throws HemlockException INVALID_ARGUMENT if a list is empty, repeats a value or does not fit
   *     another, or if a number is out of range
   */
  static ExperimentSpec complete(ExperimentSpec spec) {
    requireSome("spec.seeds", "seed", spec.getSeedsCount());
    requireSome("spec.budgets", "budget", spec.getBudgetsCount());
    requireSome("spec.recipes", "recipe", spec.getRecipesCount());
    ExperimentSpec.Builder complete =
        spec.toBuilder()
            .clearBudgets()
            .addAllBudgets(budgets(spec.getBudgetsList()))
            .clearPoisonSeeds()
            .addAllPoisonSeeds(poisonSeeds(spec))
            .clearRecipes()
            .addAllRecipes(recipes(spec.getRecipesList()))
            .clearAttacks()
            .addAllAttacks(attacks(spec))
            .setAccuracyMargin(
                share("spec.accuracy_margin", spec.getAccuracyMargin(), ACCURACY_MARGIN))
            .setHarmfulExcess(
                share("spec.harmful_excess", spec.getHarmfulExcess(), HARMFUL_EXCESS));
    if (spec.hasDefences()) {
      complete.setDefences(defences(spec.getDefences(), complete.getRecipes(0).getRecipe()));
      requireDistinct("spec.defences.compare", labels(complete));
    }
    requireFew(complete.build());
    return complete.build();
  }

  private static Defences defences(Defences defences, Recipe undefended) {
    requireSome("spec.defences.compare", "defence", defences.getCompareCount());
    double most = defences.getMostRelativeCost();
    if (!(most >= 0 && Double.isFinite(most))) {
      throw refused(
          "spec.defences.most_relative_cost",
          "The most relative cost is " + most + ", which is not a finite number from 0");
    }
    return defences.toBuilder()
        .clearCompare()
        .addAllCompare(
            defences.getCompareList().stream().map(each -> defence(each, undefended)).toList())
        .setMostRelativeCost(most == 0 ? MOST_RELATIVE_COST : most)
        .build();
  }

  private static Defence defence(Defence defence, Recipe undefended) {
    if (defence.getLabel().isEmpty()) {
      throw refused("spec.defences.compare", "A defence has no label; give each its own");
    }
    Defence.Builder complete = defence.toBuilder();
    String problem =
        switch (defence.getKindCase()) {
          case RECIPE -> {
            complete.setInformed(defence.getInformed() || isInformed(defence.getRecipe()));
            yield "";
          }
          case SANITISE -> {
            complete.setInformed(defence.getInformed() || defence.getSanitise().hasOracle());
            if (defence.getSanitise().getAction() == SanitiseAction.SANITISE_ACTION_UNSPECIFIED) {
              complete.getSanitiseBuilder().setAction(SanitiseAction.SANITISE_ACTION_REMOVE);
            }
            yield problem(complete.getSanitise());
          }
          case ESTIMATED_FORWARD_CORRECTION -> {
            if (defence.getEstimatedForwardCorrection().getAnchorQuantile() == 0) {
              complete.getEstimatedForwardCorrectionBuilder().setAnchorQuantile(ANCHOR_QUANTILE);
            }
            yield problem(complete.getEstimatedForwardCorrection(), undefended);
          }
          case KIND_NOT_SET ->
              "does nothing; set a recipe, sanitise or estimated_forward_correction";
        };
    if (!problem.isEmpty()) {
      throw refused(
          "spec.defences.compare", "The defence \"" + defence.getLabel() + "\" " + problem);
    }
    return complete.build();
  }

  /** Whether a recipe has a setting that a defender can not know. */
  private static boolean isInformed(Recipe recipe) {
    return recipe.hasCoTeaching()
        || (recipe.hasForwardCorrection()
            && recipe.getForwardCorrection().getEstimatedFrom().isEmpty());
  }

  private static String problem(Sanitise sanitise) {
    return switch (sanitise.getDetectorCase()) {
      case ORACLE ->
          sanitise.getOracle().getPoisoning().isEmpty()
              ? ""
              : "names a poisoning; an oracle is told the experiment's own, so leave it out";
      case RANDOM_FILTER -> {
        if (sanitise.getAction() == SanitiseAction.SANITISE_ACTION_RELABEL) {
          yield "knows no other label; let it remove";
        }
        double share = sanitise.getRandomFilter().getShare();
        yield share > 0 && share < 1 ? "" : "needs a share above 0 and below 1";
      }
      case DETECTOR_NOT_SET ->
          "has no detector; set one, for example confident_learning or neighbour_disagreement";
      default -> "";
    };
  }

  private static String problem(EstimatedForwardCorrection correction, Recipe undefended) {
    if (!isShare(correction.getAnchorQuantile())) {
      return "has an anchor quantile that is not between 0 and 1";
    }
    return undefended.getLossCase() == Recipe.LossCase.LOSS_NOT_SET
            && undefended.getLabelSmoothing() == 0
        ? ""
        : "corrects cross-entropy; let the first recipe have no other loss and no label smoothing";
  }

  private static List<String> labels(ExperimentSpec.Builder spec) {
    return Stream.concat(
            spec.getRecipesList().stream().map(ExperimentRecipe::getLabel),
            spec.getDefences().getCompareList().stream().map(Defence::getLabel))
        .toList();
  }

  private static List<ExperimentBudget> budgets(List<ExperimentBudget> budgets) {
    List<ExperimentBudget> inRange = budgets.stream().map(ExperimentDefaults::budget).toList();
    Set<ExperimentBudget> seen = new HashSet<>();
    for (ExperimentBudget budget : inRange) {
      if (!seen.add(budget)) {
        throw refused(
            "spec.budgets",
            "The budget \""
                + ExperimentPlan.describe(budget)
                + "\" is given twice; give each once");
      }
    }
    return inRange;
  }

  /** The same budget, or the one form of none at all. */
  private static ExperimentBudget budget(ExperimentBudget budget) {
    boolean inRange =
        switch (budget.getAmountCase()) {
          case CLASS_SHARE -> isShare(budget.getClassShare());
          case SPLIT_SHARE -> isShare(budget.getSplitShare());
          case COUNT -> budget.getCount() >= 0;
          case AMOUNT_NOT_SET ->
              throw refused(
                  "spec.budgets", "A budget has no amount; set class_share, split_share or count");
        };
    if (!inRange) {
      throw refused(
          "spec.budgets",
          "The budget \""
              + ExperimentPlan.describe(budget)
              + "\" is out of range; a share is between 0 and 1, a count from 0");
    }
    return ExperimentPlan.flipsNothing(budget)
        ? ExperimentBudget.newBuilder().setClassShare(0).build()
        : budget;
  }

  private static List<Integer> poisonSeeds(ExperimentSpec spec) {
    List<Integer> given = spec.getPoisonSeedsList();
    int seeds = spec.getSeedsCount();
    if (given.isEmpty()) {
      return spec.getSeedsList();
    }
    if (given.size() % seeds != 0) {
      throw refused(
          "spec.poison_seeds",
          String.format(
              "%d poison seeds do not fit %d seeds; give as many for each seed, or none",
              given.size(), seeds));
    }
    int draws = given.size() / seeds;
    for (int i = 0; i < seeds; i++) {
      List<Integer> ofSeed = given.subList(i * draws, (i + 1) * draws);
      if (new HashSet<>(ofSeed).size() < draws) {
        throw refused(
            "spec.poison_seeds",
            String.format(
                "The poison seeds of training seed %s repeat a value; give %d different ones",
                Integer.toUnsignedString(spec.getSeeds(i)), draws));
      }
    }
    return given;
  }

  private static List<ExperimentRecipe> recipes(List<ExperimentRecipe> recipes) {
    List<ExperimentRecipe> labelled =
        recipes.stream()
            .map(
                recipe ->
                    recipe.getLabel().isEmpty()
                        ? recipe.toBuilder().setLabel(network(recipe)).build()
                        : recipe)
            .toList();
    requireDistinct("spec.recipes", labelled.stream().map(ExperimentRecipe::getLabel).toList());
    return labelled;
  }

  private static String network(ExperimentRecipe recipe) {
    return recipe
        .getRecipe()
        .getArchitecture()
        .name()
        .replaceFirst("^ARCHITECTURE_", "")
        .toLowerCase(Locale.ROOT);
  }

  private static List<ExperimentAttack> attacks(ExperimentSpec spec) {
    List<ExperimentAttack> given =
        spec.getAttacksCount() == 0 ? List.of(targetedFlip(spec)) : spec.getAttacksList();
    List<ExperimentAttack> labelled =
        given.stream()
            .map(
                attack ->
                    attack.getLabel().isEmpty()
                        ? attack.toBuilder().setLabel(kind(attack.getAttack())).build()
                        : attack)
            .toList();
    requireDistinct("spec.attacks", labelled.stream().map(ExperimentAttack::getLabel).toList());
    return labelled;
  }

  private static ExperimentAttack targetedFlip(ExperimentSpec spec) {
    return ExperimentAttack.newBuilder()
        .setAttack(
            Attack.newBuilder()
                .setTargetedFlip(
                    TargetedFlip.newBuilder()
                        .setSourceClass(spec.getSourceClass())
                        .setTargetClass(spec.getTargetClass())))
        .build();
  }

  private static String kind(Attack attack) {
    if (attack.getKindCase() == Attack.KindCase.KIND_NOT_SET) {
      throw refused("spec.attacks", "An attack has no kind; set one, for example targeted_flip");
    }
    return attack.getKindCase().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static double share(String field, double value, double unset) {
    if (!isShare(value)) {
      throw refused(field, field + " is " + value + ", which is not between 0 and 1");
    }
    return value == 0 ? unset : value;
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  private static void requireSome(String field, String what, int count) {
    if (count == 0) {
      throw refused(field, "There is no " + what + "; give at least one");
    }
  }

  private static void requireDistinct(String field, List<String> labels) {
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      if (!seen.add(label)) {
        throw refused(field, "Two have the label \"" + label + "\"; give each its own label");
      }
    }
  }

  private static void requireFew(ExperimentSpec spec) {
    long models =
        (long) ExperimentPlan.treatments(spec)
            * (spec.getSeedsCount()
                + (long) spec.getAttacksCount()
                    * spec.getBudgetsCount()
                    * spec.getPoisonSeedsCount());
    if (models > MOST_MODELS) {
      throw refused(
          "spec",
          String.format(
              "The experiment needs up to %d models, more than %d; ask for fewer attacks, budgets,"
                  + " seeds, recipes or defences",
              models, MOST_MODELS));
    }
  }

  private static HemlockException refused(String field, String message) {
    return HemlockException.invalidArgument(message).violating(field, message);
  }
}
