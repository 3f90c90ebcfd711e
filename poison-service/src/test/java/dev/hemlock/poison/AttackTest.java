package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What holds for every attack, and what sets each apart. */
class AttackTest {
  private static final int CLASSES = 4;

  /** An attack on given labels, and which of their true classes it flips, to what. */
  private record Kind(
      String name, Function<Labels, Attack> attack, Map<Integer, Set<Integer>> changes) {
    @Override
    public String toString() {
      return name;
    }

    Attack on(Labels labels) {
      return attack.apply(labels);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("targeted flip", any -> new TargetedFlip(0, 2), Map.of(0, Set.of(2))),
          new Kind(
              "many to one",
              any -> new ManyToOne(Set.of(0, 3), 1),
              Map.of(0, Set.of(1), 3, Set.of(1))),
          new Kind("pair swap", any -> new PairSwap(0, 1), Map.of(0, Set.of(1), 1, Set.of(0))),
          new Kind(
              "symmetric noise",
              any -> new SymmetricNoise(),
              Map.of(
                  0, Set.of(1, 2, 3), 1, Set.of(0, 2, 3), 2, Set.of(0, 1, 3), 3, Set.of(0, 1, 2))),
          new Kind(
              "class map",
              any -> new ClassMap(Map.of(0, 1, 1, 0, 3, 2)),
              Map.of(0, Set.of(1), 1, Set.of(0), 3, Set.of(2))),
          new Kind(
              "circular noise",
              any -> new CircularNoise(),
              Map.of(0, Set.of(1), 1, Set.of(2), 2, Set.of(3), 3, Set.of(0))),
          new Kind("explicit flips", AttackTest::everyOtherZero, Map.of(0, Set.of(3))),
          scored(new NearestToTarget(), Map.of(0, Set.of(2), 2, Set.of())),
          scored(new MostConfident(), Map.of(0, Set.of(2))),
          scored(new LeastConfident(), Map.of(0, Set.of(2))),
          scored(new HighestLoss(), Map.of(0, Set.of(2))));

  @Property
  void flipsExactlyTheBudgetAmongEligibleSamples(
      @ForAll("labels") Labels labels,
      @ForAll("kinds") Kind kind,
      @ForAll @IntRange(min = 1, max = 200) int budget,
      @ForAll int seed) {
    // Given
    Attack attack = kind.on(labels);
    int count = possible(budget, attack, labels);

    // When
    FlipPlan plan = FlipPlanner.plan(labels, attack, new FlipCount(count), new Seed(seed));

    // Then
    assertThat(plan.flips()).hasSize(count);
    assertThat(plan.flips())
        .allSatisfy(
            flip -> {
              assertThat(labels.label(flip.position())).isEqualTo(flip.from());
              assertThat(labels.sampleId(flip.position())).isEqualTo(flip.sampleId());
              assertThat(kind.changes().get(flip.from())).contains(flip.to());
            });
    assertThat(plan.scope().splitSize()).isEqualTo(labels.size());
    assertThat(plan.classShare() * plan.scope().classSize()).isCloseTo(count, within());
    assertThat(plan.splitShare() * labels.size()).isCloseTo(count, within());
  }

  @Property
  void allThreeFormsOfABudgetFlipTheSame(
      @ForAll("labels") Labels labels,
      @ForAll("kinds") Kind kind,
      @ForAll @IntRange(min = 1, max = 200) int budget,
      @ForAll int seed) {
    // Given
    Attack attack = kind.on(labels);
    int count = possible(budget, attack, labels);

    // When
    FlipPlan plan = FlipPlanner.plan(labels, attack, new FlipCount(count), new Seed(seed));

    // Then
    assertThat(FlipPlanner.plan(labels, attack, new ClassShare(plan.classShare()), new Seed(seed)))
        .isEqualTo(plan);
    assertThat(FlipPlanner.plan(labels, attack, new SplitShare(plan.splitShare()), new Seed(seed)))
        .isEqualTo(plan);
  }

  @Property
  void isAFunctionOfItsArguments(
      @ForAll("labels") Labels labels, @ForAll("kinds") Kind kind, @ForAll int seed) {
    possible(1, kind.on(labels), labels);

    assertThat(kind.on(labels).candidates(labels, new Seed(seed)))
        .isEqualTo(kind.on(labels).candidates(labels, new Seed(seed)));
  }

  @Property
  void smallerBudgetsFlipASubset(
      @ForAll("labels") Labels labels,
      @ForAll("kinds") Kind kind,
      @ForAll @IntRange(min = 1, max = 200) int one,
      @ForAll @IntRange(min = 1, max = 200) int other,
      @ForAll int seed) {
    Attack attack = kind.on(labels);
    int small = possible(Math.min(one, other), attack, labels);
    int large = possible(Math.max(one, other), attack, labels);

    assertThat(flips(labels, attack, large, seed)).containsAll(flips(labels, attack, small, seed));
  }

  @Property
  void labelsThatTheAttackLeavesAloneHaveNoInfluence(
      @ForAll("labels") Labels labels,
      @ForAll("kinds") Kind kind,
      @ForAll int rotation,
      @ForAll int seed) {
    // Given
    Attack attack = kind.on(labels);
    int count = possible(labels.size(), attack, labels) / 2 / attack.unit() * attack.unit();
    Assume.that(count > 0);
    int[] others =
        IntStream.range(0, CLASSES).filter(c -> !kind.changes().containsKey(c)).toArray();
    Assume.that(others.length > 1);
    int[] changed =
        Arrays.stream(labels.toArray())
            .map(
                label ->
                    kind.changes().containsKey(label)
                        ? label
                        : others[Math.floorMod(label + rotation, others.length)])
            .toArray();

    // When
    List<LabelFlip> flips = flips(labels.relabelled(changed), attack, count, seed);

    // Then
    assertThat(flips).isEqualTo(flips(labels, attack, count, seed));
  }

  @Property
  void samplesThatTheAttackLeavesAloneHaveNoInfluence(
      @ForAll("labels") Labels labels, @ForAll("kinds") Kind kind, @ForAll int seed) {
    // Given
    Attack attack = kind.on(labels);
    int count = possible(labels.size(), attack, labels) / 2 / attack.unit() * attack.unit();
    Assume.that(count > 0);
    int[] kept =
        IntStream.range(0, labels.size())
            .filter(i -> kind.changes().containsKey(labels.label(i)))
            .toArray();
    Labels alone =
        new Labels(
            CLASSES,
            Arrays.stream(kept).map(labels::sampleId).toArray(),
            Arrays.stream(kept).map(labels::label).toArray());

    // When
    List<LabelFlip> flips = flips(alone, kind.on(alone), count, seed);

    // Then
    assertThat(withoutPositions(flips))
        .isEqualTo(withoutPositions(flips(labels, attack, count, seed)));
  }

  @Property
  void labelsDifferExactlyWhereThePlanSaysSo(
      @ForAll("labels") Labels labels,
      @ForAll("kinds") Kind kind,
      @ForAll @IntRange(min = 1, max = 200) int budget,
      @ForAll int seed) {
    Attack attack = kind.on(labels);
    FlipCount count = new FlipCount(possible(budget, attack, labels));
    FlipPlan plan = FlipPlanner.plan(labels, attack, count, new Seed(seed));

    Labels poisoned = plan.applyTo(labels);

    List<LabelFlip> differences = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (labels.label(i) != poisoned.label(i)) {
        differences.add(new LabelFlip(i, labels.sampleId(i), labels.label(i), poisoned.label(i)));
      }
    }
    assertThat(differences).isEqualTo(plan.flips());
  }

  @Property
  void aPairSwapKeepsTheSizeOfEveryClass(
      @ForAll("labels") Labels labels,
      @ForAll @IntRange(min = 1, max = 1000) int share,
      @ForAll int seed) {
    // Given
    PairSwap attack = new PairSwap(0, 1);
    int most = attack.candidates(labels, new Seed(seed)).size();
    int inClasses = labels.countOf(label -> label < 2);
    Assume.that(most > 0 && share * inClasses >= 1000);
    Assume.that(2 * Math.round(share / 1000.0 * inClasses / 2) < most);

    // When
    FlipPlan plan =
        FlipPlanner.plan(labels, attack, new ClassShare(share / 1000.0), new Seed(seed));

    // Then
    Labels poisoned = plan.applyTo(labels);
    assertThat(plan.flips()).isNotEmpty();
    for (int c = 0; c < CLASSES; c++) {
      int label = c;
      assertThat(poisoned.countOf(l -> l == label)).isEqualTo(labels.countOf(l -> l == label));
    }
  }

  @Property
  void aTargetedFlipTakesTheFirstSamplesOfTheDocumentedOrder(
      @ForAll("labels") Labels labels,
      @ForAll @IntRange(min = 1, max = 200) int budget,
      @ForAll int seed) {
    Attack attack = new TargetedFlip(0, 2);
    int count = possible(budget, attack, labels);
    int[] ids = Arrays.stream(labels.positionsOf(0)).map(labels::sampleId).toArray();

    assertThat(flips(labels, attack, count, seed).stream().mapToInt(LabelFlip::sampleId))
        .containsExactly(
            Arrays.stream(Order.choose(new RandomStream(seed, Purpose.FLIP), 0, ids, count))
                .boxed()
                .toArray(Integer[]::new));
  }

  @Property
  void aClassMapOfOneChangeIsATargetedFlip(@ForAll("labels") Labels labels, @ForAll int seed) {
    assertThat(new ClassMap(Map.of(0, 2)).candidates(labels, new Seed(seed)))
        .isEqualTo(new TargetedFlip(0, 2).candidates(labels, new Seed(seed)))
        .isEqualTo(new ManyToOne(Set.of(0), 2).candidates(labels, new Seed(seed)));
  }

  /** Chi-square over the fixed seeds 0 to 2,999; the statistic never changes between runs. */
  @Test
  void symmetricNoiseDrawsEveryOtherClassEquallyOftenAndIndependentlyOfTheOrder() {
    // Given
    int[][] drawn = new int[2][10];

    // When
    for (int seed = 0; seed < 3000; seed++) {
      List<LabelFlip> flips =
          new SymmetricNoise().candidates(Labels.of(10, new int[20]), new Seed(seed));
      for (int i = 0; i < flips.size(); i++) {
        drawn[i < 10 ? 0 : 1][flips.get(i).to()]++;
      }
    }

    // Then: 30,000 draws of nine classes in either half
    for (int[] half : drawn) {
      assertThat(half[0]).isZero();
      double expected = 30_000 / 9.0;
      double statistic =
          Arrays.stream(half, 1, 10).mapToDouble(n -> Math.pow(n - expected, 2) / expected).sum();
      assertThat(statistic).isBetween(0.86, 26.12); // 0.1 % and 99.9 % quantiles, 8 degrees
    }
  }

  @Test
  void theMapOfTheLiteratureNamesItsFiveChanges() {
    assertThat(ClassMap.CIFAR10_ASYMMETRIC)
        .isEqualTo(
            Map.of(
                "truck",
                "automobile",
                "bird",
                "airplane",
                "deer",
                "horse",
                "cat",
                "dog",
                "dog",
                "cat"));
  }

  @Test
  void aChainOfChangesIsNotFollowed() {
    Attack attack = new ClassMap(Map.of(0, 1, 1, 2));

    FlipPlan plan = FlipPlanner.plan(Labels.of(3, 0, 1, 2), attack, new ClassShare(1), new Seed(1));

    assertThat(plan.applyTo(Labels.of(3, 0, 1, 2))).isEqualTo(Labels.of(3, 1, 2, 2));
  }

  @Test
  void refusesAttacksThatChangeNothing() {
    Stream.<Runnable>of(
            () -> new TargetedFlip(1, 1),
            () -> new ManyToOne(Set.of(), 1),
            () -> new ManyToOne(Set.of(0, 1), 1),
            () -> new PairSwap(2, 2),
            () -> new ClassMap(Map.of()),
            () -> new ClassMap(Map.of(0, 1, 2, 2)),
            () -> new ExplicitFlips(List.of()),
            () -> new ScoredFlip(1, 1, new MostConfident(), ModelOutputs.NONE))
        .forEach(
            attack ->
                assertThatThrownBy(attack::run)
                    .isInstanceOf(HemlockException.class)
                    .hasMessageMatching(".+[;,] .+"));
  }

  @Test
  void refusesSplitsWithoutSamplesToFlip() {
    Labels labels = Labels.of(2, 0, 0, 0);

    Stream.of(new TargetedFlip(1, 0), new PairSwap(0, 1), new ManyToOne(Set.of(1), 0))
        .forEach(
            attack ->
                assertThatThrownBy(
                        () -> FlipPlanner.plan(labels, attack, new FlipCount(1), new Seed(1)))
                    .isInstanceOf(HemlockException.class)
                    .hasMessageEndingWith("choose other classes or another split"));
    Stream.of(new SymmetricNoise(), new CircularNoise())
        .forEach(
            attack -> assertThat(attack.candidates(Labels.of(1, 0, 0), new Seed(1))).isEmpty());
  }

  @Test
  void refusesListedFlipsThatDoNotFit() {
    assertThatThrownBy(() -> explicit(flip(1, 1), flip(1, 2)))
        .hasMessage("Sample 1 is listed twice; list each sample once");
    assertThatThrownBy(() -> explicit(flip(9, 1)))
        .hasMessage("Sample 9 is not in this split; leave it out");
    assertThatThrownBy(() -> explicit(flip(0, 0)))
        .hasMessage("Sample 0 already has the label that it would be flipped to; leave it out");
    assertThatThrownBy(() -> explicit(new ExplicitFlip(0, OptionalInt.of(1), 2)))
        .hasMessageStartingWith("Sample 0 does not have the label that the list says it has");
  }

  @Provide
  Arbitrary<Labels> labels() {
    return LabelArbitraries.labels(CLASSES);
  }

  @Provide
  Arbitrary<Kind> kinds() {
    return Arbitraries.of(KINDS);
  }

  private static List<LabelFlip> explicit(ExplicitFlip... flips) {
    return new ExplicitFlips(List.of(flips)).candidates(Labels.of(3, 0, 1, 2), new Seed(1));
  }

  private static ExplicitFlip flip(int sampleId, int to) {
    return new ExplicitFlip(sampleId, OptionalInt.empty(), to);
  }

  private static Kind scored(ScoreRule rule, Map<Integer, Set<Integer>> changes) {
    return new Kind(
        rule.getClass().getSimpleName(),
        labels -> new ScoredFlip(0, 2, rule, outputs(labels)),
        changes);
  }

  /** Some row for each sample, a function of its id; samples whose ids agree modulo 7 are ties. */
  private static ModelOutputs outputs(Labels labels) {
    Assume.that(labels.positionsOf(2).length > 0);
    return new ModelOutputs(
        IntStream.range(0, labels.size())
            .boxed()
            .collect(
                Collectors.toMap(
                    i -> i,
                    i -> {
                      int value = labels.sampleId(i) % 7;
                      return new float[] {value, value * value, 3 - value, 1};
                    })));
  }

  private static Attack everyOtherZero(Labels labels) {
    int[] zeros = labels.positionsOf(0);
    Assume.that(zeros.length > 0);
    return new ExplicitFlips(
        IntStream.range(0, zeros.length)
            .filter(i -> i % 2 == 0)
            .mapToObj(i -> new ExplicitFlip(labels.sampleId(zeros[i]), OptionalInt.of(0), 3))
            .toList());
  }

  private static int possible(int budget, Attack attack, Labels labels) {
    int most = attack.candidates(labels, new Seed(0)).size();
    Assume.that(most > 0);
    int units = Math.max(1, Math.min(budget, most) / attack.unit());
    return units * attack.unit();
  }

  private static List<LabelFlip> flips(Labels labels, Attack attack, int count, int seed) {
    return FlipPlanner.plan(labels, attack, new FlipCount(count), new Seed(seed)).flips();
  }

  private static Set<List<Integer>> withoutPositions(List<LabelFlip> flips) {
    return flips.stream()
        .map(flip -> List.of(flip.sampleId(), flip.from(), flip.to()))
        .collect(Collectors.toSet());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-9);
  }
}
