package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FlipPlannerTest {
  private static final int CLASSES = 4;

  @Property
  void flipsExactlyTheBudgetAmongEligibleSamples(
      @ForAll("labels") Labels labels, @ForAll("attacks") TargetedFlip attack, @ForAll int seed) {
    int eligible = attack.eligible(labels).length;
    Assume.that(attack.ratio().value() * eligible >= 0.5);

    FlipPlan plan = FlipPlanner.plan(labels, attack, new Seed(seed));

    assertThat(plan.eligibleCount()).isEqualTo(eligible);
    assertThat(plan.flips()).hasSize(attack.ratio().countOf(eligible));
    assertThat(plan.flips())
        .allSatisfy(
            flip -> {
              assertThat(labels.label(flip.position())).isEqualTo(attack.source());
              assertThat(labels.sampleId(flip.position())).isEqualTo(flip.sampleId());
              assertThat(flip.from()).isEqualTo(attack.source());
              assertThat(flip.to()).isEqualTo(attack.target());
            });
  }

  @Property
  void isAFunctionOfItsArguments(
      @ForAll("labels") Labels labels, @ForAll("attacks") TargetedFlip attack, @ForAll int seed) {
    Assume.that(attack.ratio().value() * attack.eligible(labels).length >= 0.5);

    FlipPlan once = FlipPlanner.plan(labels, attack, new Seed(seed));
    FlipPlan again = FlipPlanner.plan(labels, attack, new Seed(seed));

    assertThat(again).isEqualTo(once);
  }

  @Property
  void smallerBudgetsFlipASubset(
      @ForAll("labels") Labels labels,
      @ForAll @DoubleRange(min = 0.01, max = 1) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1) double other,
      @ForAll int seed) {
    int eligible = labels.positionsOf(0).length;
    Assume.that(Math.min(one, other) * eligible >= 0.5);

    Set<Integer> small = flippedIds(labels, Math.min(one, other), seed);
    Set<Integer> large = flippedIds(labels, Math.max(one, other), seed);

    assertThat(large).containsAll(small);
  }

  @Property
  void labelsOfOtherClassesHaveNoInfluence(
      @ForAll("labels") Labels labels,
      @ForAll @IntRange(min = 1, max = CLASSES - 1) int other,
      @ForAll int seed) {
    Assume.that(labels.positionsOf(0).length > 1);
    int[] changed = Arrays.stream(labels.toArray()).map(label -> label == 0 ? 0 : other).toArray();

    Set<Integer> before = flippedIds(labels, 0.5, seed);
    Set<Integer> after = flippedIds(labels.relabelled(changed), 0.5, seed);

    assertThat(after).isEqualTo(before);
  }

  @Property
  void samplesOfOtherClassesHaveNoInfluence(@ForAll("labels") Labels labels, @ForAll int seed) {
    int[] source = labels.positionsOf(0);
    Assume.that(source.length > 1);
    Labels alone =
        new Labels(
            CLASSES, Arrays.stream(source).map(labels::sampleId).toArray(), new int[source.length]);

    assertThat(flippedIds(alone, 0.5, seed)).isEqualTo(flippedIds(labels, 0.5, seed));
  }

  @Property
  void labelsDifferExactlyWhereThePlanSaysSo(
      @ForAll("labels") Labels labels, @ForAll("attacks") TargetedFlip attack, @ForAll int seed) {
    Assume.that(attack.ratio().value() * attack.eligible(labels).length >= 0.5);
    FlipPlan plan = FlipPlanner.plan(labels, attack, new Seed(seed));

    Labels poisoned = plan.applyTo(labels);

    assertThat(difference(labels, poisoned)).isEqualTo(plan.flips());
  }

  @Test
  void refusesABudgetThatFlipsNothing() {
    Attack attack = new TargetedFlip(0, 1, new FlipRatio(0.01));

    assertThatThrownBy(() -> FlipPlanner.plan(Labels.of(2, 0, 0, 0, 1), attack, new Seed(1)))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("the smallest ratio that flips one is 0.167");
  }

  @Test
  void refusesEqualSourceAndTarget() {
    assertThatThrownBy(() -> new TargetedFlip(1, 1, new FlipRatio(0.5)))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("choose two different classes");
  }

  @Test
  void refusesToApplyAPlanToOtherLabels() {
    FlipPlan plan =
        FlipPlanner.plan(
            Labels.of(2, 0, 0, 1), new TargetedFlip(0, 1, new FlipRatio(1)), new Seed(1));

    assertThatIllegalArgumentException().isThrownBy(() -> plan.applyTo(Labels.of(2, 0, 1, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> plan.applyTo(Labels.of(2, 0)));
  }

  @Test
  void plansRefuseMoreFlipsThanEligibleSamplesAndDisorder() {
    LabelFlip first = new LabelFlip(0, 0, 0, 1);
    LabelFlip second = new LabelFlip(1, 1, 0, 1);

    assertThatIllegalArgumentException().isThrownBy(() -> new FlipPlan(1, List.of(first, second)));
    assertThatIllegalArgumentException().isThrownBy(() -> new FlipPlan(2, List.of(second, first)));
    assertThatIllegalArgumentException().isThrownBy(() -> new LabelFlip(0, 0, 1, 1));
  }

  @Provide
  Arbitrary<Labels> labels() {
    Arbitrary<Integer> label = Arbitraries.integers().between(0, CLASSES - 1);
    Arbitrary<Integer> gap = Arbitraries.integers().between(1, 5);
    return Combinators.combine(label, gap)
        .as((value, step) -> new int[] {value, step})
        .list()
        .ofMinSize(10)
        .ofMaxSize(200)
        .map(
            samples -> {
              int[] ids = samples.stream().mapToInt(sample -> sample[1]).toArray();
              Arrays.parallelPrefix(ids, Integer::sum);
              return new Labels(
                  CLASSES, ids, samples.stream().mapToInt(sample -> sample[0]).toArray());
            });
  }

  @Provide
  Arbitrary<TargetedFlip> attacks() {
    Arbitrary<Integer> source = Arbitraries.integers().between(0, CLASSES - 1);
    Arbitrary<Integer> shift = Arbitraries.integers().between(1, CLASSES - 1);
    Arbitrary<Double> ratio = Arbitraries.doubles().between(0.001, 1).ofScale(4);
    return Combinators.combine(source, shift, ratio)
        .as(
            (from, by, share) ->
                new TargetedFlip(from, (from + by) % CLASSES, new FlipRatio(share)));
  }

  private static Set<Integer> flippedIds(Labels labels, double ratio, int seed) {
    return FlipPlanner.plan(labels, new TargetedFlip(0, 1, new FlipRatio(ratio)), new Seed(seed))
        .flips()
        .stream()
        .map(LabelFlip::sampleId)
        .collect(Collectors.toSet());
  }

  private static List<LabelFlip> difference(Labels before, Labels after) {
    List<LabelFlip> flips = new ArrayList<>();
    IntStream.range(0, before.size())
        .filter(i -> before.label(i) != after.label(i))
        .forEach(
            i -> flips.add(new LabelFlip(i, before.sampleId(i), before.label(i), after.label(i))));
    return flips;
  }
}
