package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.evaluation.ExperimentPlan.PlannedPair;
import dev.hemlock.evaluation.ExperimentPlan.Poisoned;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExperimentPlanTest {
  @Property(tries = 50)
  void needsOneCleanModelASeedHoweverManyRatios(
      @ForAll @IntRange(min = 1, max = 6) int ratios,
      @ForAll @IntRange(min = 1, max = 6) int seeds) {
    ExperimentPlan plan =
        ExperimentPlan.of(
            spec(
                DoubleStream.iterate(0.1, r -> r + 0.1).limit(ratios).boxed().toList(),
                IntStream.range(0, seeds).boxed().toList()));

    assertThat(plan.poisonings()).hasSize(ratios * seeds);
    assertThat(plan.models()).hasSize((ratios + 1) * seeds).doesNotHaveDuplicates();
    assertThat(plan.cleanModels()).hasSize(seeds);
    assertThat(plan.pairs()).hasSize(ratios * seeds);
  }

  @Test
  void pairsRatioZeroWithItself() {
    ExperimentPlan plan = ExperimentPlan.of(spec(List.of(0.0, 0.4), List.of(1, 2)));

    assertThat(plan.poisonings()).containsExactly(new Poisoned(0.4, 1), new Poisoned(0.4, 2));
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

    assertThat(plan.poisonings()).containsExactly(new Poisoned(0.4, 9));
    assertThat(plan.modelsOn(new Poisoned(0.4, 9)))
        .extracting(Model::seed)
        .containsExactly(1, 2, 3);
    assertThat(plan.models()).hasSize(6);
  }

  @Test
  void ordersPairsByRatioAndSeedAsInTheSpec() {
    ExperimentPlan plan = ExperimentPlan.of(spec(List.of(0.6, 0.2), List.of(5, 3)));

    assertThat(plan.pairs()).extracting(PlannedPair::ratio).containsExactly(0.6, 0.6, 0.2, 0.2);
    assertThat(plan.pairs()).extracting(PlannedPair::seed).containsExactly(5, 3, 5, 3);
    assertThat(plan.models().subList(0, 2)).allMatch(model -> model.data().isEmpty());
  }

  @Test
  void namesModelsForPeople() {
    assertThat(new Model(Optional.of(new Poisoned(0.4, 1)), -1).describe())
        .isEqualTo("seed 4294967295, ratio 0.4");
  }

  private static ExperimentSpec spec(List<Double> ratios, List<Integer> seeds) {
    return ExperimentSpec.newBuilder()
        .addAllRatios(ratios)
        .addAllSeeds(seeds)
        .addAllPoisonSeeds(seeds)
        .build();
  }
}
