package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.ExperimentPlan.PlannedPair;
import dev.hemlock.evaluation.ExperimentPlan.Poisoned;
import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.Defences;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.evaluation.v1.SpectralSignature;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.training.v1.Recipe;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExperimentPlanTest {
  private static final Attack FLIP =
      Attack.newBuilder()
          .setTargetedFlip(TargetedFlip.newBuilder().setSourceClass("1").setTargetClass("7"))
          .build();

  @Property(tries = 100)
  void needsTheSmallestSetOfDistinctJobs(
      @ForAll @IntRange(min = 1, max = 3) int attacks,
      @ForAll @IntRange(min = 1, max = 3) int recipes,
      @ForAll @IntRange(min = 1, max = 4) int budgets,
      @ForAll @IntRange(min = 1, max = 4) int seeds,
      @ForAll @IntRange(min = 1, max = 3) int draws,
      @ForAll boolean zero) {
    ExperimentSpec.Builder spec =
        spec(
            DoubleStream.iterate(0.1, r -> r + 0.1).limit(budgets).boxed().toList(),
            IntStream.range(0, seeds).boxed().toList())
            .toBuilder();
    if (zero) {
      spec.addBudgets(budget(0));
    }
    spec.clearAttacks().clearRecipes().clearPoisonSeeds();
    IntStream.range(0, attacks)
        .forEach(i -> spec.addAttacks(ExperimentAttack.newBuilder().setLabel("a" + i)));
    IntStream.range(0, recipes)
        .forEach(i -> spec.addRecipes(ExperimentRecipe.newBuilder().setLabel("r" + i)));
    IntStream.range(0, seeds * draws).forEach(spec::addPoisonSeeds);

    ExperimentPlan plan = ExperimentPlan.of(spec.build());

    int rows = budgets + (zero ? 1 : 0);
    assertThat(plan.poisonings())
        .hasSize(attacks * budgets * seeds * draws)
        .doesNotHaveDuplicates();
    assertThat(plan.models())
        .hasSize(recipes * (attacks * budgets * draws + 1) * seeds)
        .doesNotHaveDuplicates();
    assertThat(plan.cleanModels()).hasSize(recipes * seeds);
    assertThat(plan.arms()).hasSize(attacks * recipes);
    assertThat(plan.pairs()).hasSize(recipes * attacks * rows * seeds * draws);
    assertThat(plan.pairs())
        .allMatch(pair -> pair.clean().treatment() == plan.arms().get(pair.arm()).treatment())
        .allMatch(pair -> pair.clean().seed() == pair.poisoned().seed())
        .allMatch(pair -> plan.models().contains(pair.poisoned()));
    assertThat(plan.pairs().stream().map(PlannedPair::poisoned).flatMap(m -> m.data().stream()))
        .containsAll(plan.poisonings());
  }

  @Test
  void addsOneRecipesModelsForEachDefence() {
    ExperimentSpec spec = spec(List.of(0.4, 0.1), List.of(1, 2, 3));
    ExperimentPlan without = ExperimentPlan.of(spec);

    ExperimentPlan plan = ExperimentPlan.of(defended(spec));

    assertThat(plan.poisonings()).isEqualTo(without.poisonings());
    assertThat(plan.models()).containsAll(without.models()).hasSize(3 * without.models().size());
    assertThat(plan.pairs()).startsWith(without.pairs().toArray(PlannedPair[]::new));
    assertThat(plan.arms()).extracting(ExperimentPlan.Arm::treatment).containsExactly(0, 1, 2);
    Model defended = new Model(2, Optional.of(new Poisoned(0, 1, 3)), 3);
    assertThat(plan.models()).contains(defended);
    assertThat(plan.training(defended, "").getRecipe().getLabelSmoothing()).isEqualTo(0.2);
    assertThat(plan.describe(defended))
        .isEqualTo("seed 3, defence smoother, ratio 0.1, poison seed 3");
  }

  @Test
  void leavesTheNameOfAnExperimentWithoutDefencesAlone() {
    ExperimentSpec spec = spec(List.of(0.4), List.of(1));

    assertThat(new String(CanonicalJson.of(spec), UTF_8)).doesNotContain("defences");
    assertThat(new String(CanonicalJson.of(defended(spec)), UTF_8)).contains("defences");
  }

  private static ExperimentSpec defended(ExperimentSpec spec) {
    return spec.toBuilder()
        .setDefences(
            Defences.newBuilder()
                .addCompare(defence("smooth", 0.1))
                .addCompare(defence("smoother", 0.2)))
        .build();
  }

  private static Defence defence(String label, double smoothing) {
    return Defence.newBuilder()
        .setLabel(label)
        .setRecipe(Recipe.newBuilder().setLabelSmoothing(smoothing))
        .build();
  }

  @Test
  void hasDetectorsLookAtTheUndefendedModel() {
    ExperimentSpec spec =
        spec(List.of(0.4), List.of(1)).toBuilder()
            .setSnapshot("clean")
            .setRedTeam(true)
            .setDefences(
                Defences.newBuilder()
                    .addCompare(
                        Defence.newBuilder()
                            .setSanitise(
                                Sanitise.newBuilder()
                                    .setSpectralSignature(SpectralSignature.getDefaultInstance()))))
            .build();
    ExperimentPlan plan = ExperimentPlan.of(spec);
    Model defended = new Model(1, Optional.of(new Poisoned(0, 0, 1)), 1);

    DetectionSpec detection = plan.detection(defended, "poisoned", "poisonings/p");

    assertThat(plan.sanitisedOn(defended.data())).containsExactly(defended);
    assertThat(DetectionPlan.training(detection, "poisoned"))
        .isEqualTo(plan.training(defended.undefended(), "poisoned"));
    assertThat(plan.detection(defended, "clean", "").hasRedTeam()).isFalse();
  }

  @Test
  void pairsBudgetZeroWithItself() {
    ExperimentPlan plan = ExperimentPlan.of(spec(List.of(0.0, 0.4), List.of(1, 2)));

    assertThat(plan.poisonings()).containsExactly(new Poisoned(0, 1, 1), new Poisoned(0, 1, 2));
    assertThat(plan.models()).hasSize(4);
    assertThat(plan.pairs().get(0).poisoned()).isEqualTo(plan.pairs().get(0).clean());
  }

  @Test
  void sharesAPoisoningAmongSeedsWithOnePoisonSeed() {
    ExperimentSpec spec =
        spec(List.of(0.4), List.of(1, 2, 3)).toBuilder()
            .clearPoisonSeeds()
            .addAllPoisonSeeds(List.of(9, 9, 9))
            .build();

    ExperimentPlan plan = ExperimentPlan.of(spec);

    assertThat(plan.poisonings()).containsExactly(new Poisoned(0, 0, 9));
    assertThat(plan.modelsOn(Optional.of(new Poisoned(0, 0, 9))))
        .extracting(Model::seed)
        .containsExactly(1, 2, 3);
    assertThat(plan.models()).hasSize(6);
  }

  @Test
  void givesEachTrainingSeedItsOwnPoisonSeeds() {
    ExperimentSpec spec =
        spec(List.of(0.4), List.of(1, 2)).toBuilder()
            .clearPoisonSeeds()
            .addAllPoisonSeeds(List.of(5, 6, 5, 7))
            .build();

    ExperimentPlan plan = ExperimentPlan.of(spec);

    assertThat(plan.pairs()).extracting(PlannedPair::seed).containsExactly(1, 1, 2, 2);
    assertThat(plan.pairs()).extracting(PlannedPair::poisonSeed).containsExactly(5, 6, 5, 7);
    assertThat(plan.pairs()).extracting(PlannedPair::draw).containsExactly(0, 1, 0, 1);
    assertThat(plan.poisonings()).hasSize(3);
  }

  @Test
  void ordersPairsByBudgetAndSeedAsInTheSpec() {
    ExperimentPlan plan = ExperimentPlan.of(spec(List.of(0.6, 0.2), List.of(5, 3)));

    assertThat(plan.pairs()).extracting(PlannedPair::budget).containsExactly(0, 0, 1, 1);
    assertThat(plan.pairs()).extracting(PlannedPair::seed).containsExactly(5, 3, 5, 3);
    assertThat(plan.models().subList(0, 2)).allMatch(model -> model.data().isEmpty());
  }

  @Test
  void namesModelsForPeople() {
    ExperimentSpec spec = spec(List.of(0.4), List.of(-1));
    ExperimentSpec several =
        spec.toBuilder()
            .addAttacks(ExperimentAttack.newBuilder().setLabel("swap"))
            .addRecipes(ExperimentRecipe.newBuilder().setLabel("resnet18"))
            .build();

    assertThat(
            ExperimentPlan.of(spec).describe(new Model(0, Optional.of(new Poisoned(0, 0, 1)), -1)))
        .isEqualTo("seed 4294967295, ratio 0.4, poison seed 1");
    assertThat(
            ExperimentPlan.of(several)
                .describe(new Model(1, Optional.of(new Poisoned(1, 0, 1)), 2)))
        .isEqualTo("seed 2, recipe resnet18, attack swap, ratio 0.4, poison seed 1");
  }

  private static ExperimentSpec spec(List<Double> ratios, List<Integer> seeds) {
    return ExperimentSpec.newBuilder()
        .addAllBudgets(ratios.stream().map(ExperimentPlanTest::budget).toList())
        .addAllSeeds(seeds)
        .addAllPoisonSeeds(seeds)
        .addAttacks(ExperimentAttack.newBuilder().setLabel("targeted-flip").setAttack(FLIP))
        .addRecipes(ExperimentRecipe.newBuilder().setLabel("smallcnn"))
        .build();
  }

  private static ExperimentBudget budget(double share) {
    return ExperimentBudget.newBuilder().setClassShare(share).build();
  }
}
