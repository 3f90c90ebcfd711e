package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.training.v1.Recipe;

/** What stands for an experiment with several arms: the first of each. */
final class Headline {
  private Headline() {}

  static Arm arm(ExperimentReport report) {
    return report.getArmsList().stream().findFirst().orElse(Arm.getDefaultInstance());
  }

  static Recipe recipe(ExperimentSpec spec) {
    return spec.getRecipesList().stream()
        .findFirst()
        .map(ExperimentRecipe::getRecipe)
        .orElse(Recipe.getDefaultInstance());
  }
}
