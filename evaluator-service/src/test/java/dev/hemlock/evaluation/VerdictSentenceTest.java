package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.evaluation.Caveats.Choices;
import dev.hemlock.evaluation.statistics.Equivalence;
import dev.hemlock.evaluation.statistics.SignFlip;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class VerdictSentenceTest {
  private static final Choices DRAWN = new Choices(List.of("random"), List.of(), List.of(1, 2, 3));

  private static final ArmWords WORDS =
      new ArmWords(
          ExperimentAttack.newBuilder()
              .setAttack(
                  Attack.newBuilder()
                      .setTargetedFlip(
                          TargetedFlip.newBuilder().setSourceClass("1").setTargetClass("7")))
              .build(),
          "1",
          "7");
  private static final Estimate SHARE = new Estimate(0.004, 0, 0.01);

  @Test
  void statesAnEffectWithItsInterval() {
    Summary summary =
        summary(10, 58, new Estimate(0.233, 0.131, 0.335), new Estimate(0.021, 0.015, 0.027));

    String sentence = VerdictSentence.of(summary, WORDS);

    assertThat(sentence)
        .isEqualTo(
            "After relabelling 40 % of the training images of class \"1\" as \"7\" (58 labels),"
                + " the share of \"1\" images predicted as \"7\" rose by 23.3 percentage points,"
                + " from 0.4 % to 23.7 % (95 % interval of the change 13.1 to 33.5 over 10 pairs,"
                + " which excludes 0); accuracy fell by 2.1 percentage points (95 % interval of"
                + " the drop 1.5 to 2.7, which excludes 0), and was not shown to be preserved"
                + " within 2 points (TOST p = 0.3).");
  }

  @Test
  void saysPlainlyWhenNoEffectIsShown() {
    Summary summary =
        summary(3, 58, new Estimate(0.011, -0.02, 0.042), new Estimate(-0.002, -0.01, 0.006));

    String sentence = VerdictSentence.of(summary, WORDS);

    assertThat(sentence)
        .startsWith("No effect shown: after relabelling 40 %")
        .contains("(95 % interval of the change -2.0 to 4.2 over 3 pairs, which includes 0)")
        .endsWith(
            "accuracy rose by 0.2 percentage points (95 % interval of the drop -1.0 to 0.6, which"
                + " includes 0), and was not shown to be preserved within 2 points (TOST p = 0.3).");
  }

  @Test
  void saysThatAccuracyWasPreservedOnlyWhenTheTestShowsIt() {
    Estimate effect = new Estimate(0.233, 0.131, 0.335);
    Estimate drop = new Estimate(0.002, 0.001, 0.003);

    assertThat(VerdictSentence.of(summary(10, 58, effect, drop, 0.0123), WORDS))
        .endsWith("which excludes 0), and was preserved within 2 points (TOST p = 0.0123).");
    assertThat(VerdictSentence.of(summary(10, 58, effect, drop, 0.05), WORDS))
        .endsWith("and was not shown to be preserved within 2 points (TOST p = 0.05).");
  }

  @Test
  void showsNothingBeyondASinglePair() {
    Summary summary = summary(1, 58, new Estimate(0.233, -1, 1), new Estimate(0.021, -1, 1));

    assertThat(VerdictSentence.of(summary, WORDS))
        .startsWith("A single pair gives no interval, so nothing is shown beyond it")
        .contains("from 0.4 % to 23.7 % and accuracy fell by 2.1 percentage points");
  }

  @Test
  void saysThatRatioZeroFlipsNothing() {
    Summary summary = summary(10, 0, new Estimate(0, 0, 0), new Estimate(0, 0, 0));

    assertThat(VerdictSentence.of(summary, WORDS)).startsWith("No labels were flipped");
  }

  @Property
  void neverRoundsABoundOffTheSideOfZeroItLiesOn(
      @ForAll @Scale(7) @DoubleRange(min = 1e-7, max = 0.1) double low,
      @ForAll @DoubleRange(min = 0.1, max = 0.5) double high) {
    String interval = Percent.interval(new Estimate(0.1, low, high));

    assertThat(Double.parseDouble(interval.split(" to ", -1)[0])).isPositive();
  }

  @Property
  void claimsAnEffectOnlyWhenTheIntervalExcludesZero(
      @ForAll @DoubleRange(min = -1, max = 0) double low,
      @ForAll @DoubleRange(min = 0, max = 1) double high) {
    Estimate excess = new Estimate((low + high) / 2, low, high);

    String sentence = VerdictSentence.of(summary(5, 58, excess, excess), WORDS);

    assertThat(sentence).startsWith("No effect shown").doesNotContain("excludes");
  }

  static Summary summary(int pairs, int flips, Estimate excess, Estimate accuracyDrop) {
    return summary(pairs, flips, excess, accuracyDrop, 0.3);
  }

  private static Summary summary(
      int pairs, int flips, Estimate excess, Estimate accuracyDrop, double preservedP) {
    Estimate poisoned = new Estimate(SHARE.estimate() + excess.estimate(), -1, 2);
    return new Summary(
        0.4,
        new Flipped(flips, 0.4, 0.04),
        pairs,
        pairs,
        SHARE,
        poisoned,
        excess,
        new SignFlip(0.5, Math.pow(2, 1 - pairs), true),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        excess,
        excess,
        accuracyDrop,
        new Equivalence(0.02, preservedP),
        List.of(
            new Summary.Collateral(2, accuracyDrop, 0.02, 0.04),
            new Summary.Collateral(3, accuracyDrop, 0.3, 0.3)));
  }

  @Test
  void warnsOfWhatTheIntervalsDoNotCover() {
    Summary summary = summary(3, 58, new Estimate(0.2, 0.2, 0.2), new Estimate(0.02, 0.01, 0.03));

    List<String> caveats = Caveats.of(360, 36, "1", DRAWN, 0, List.of(summary));

    assertThat(caveats)
        .anyMatch(c -> c.contains("conditional on this test set of 360 images"))
        .anyMatch(c -> c.contains("36 test images of class \"1\", so one image is 2.8"))
        .anyMatch(c -> c.contains("the interval has no width"))
        .anyMatch(c -> c.contains("recall drops of the 2 other classes are tested together"))
        .anyMatch(c -> c.contains("over 3 training seeds can not give a p value below 0.25"))
        .anyMatch(c -> c.contains("moved by less than 2 percentage points"))
        .anyMatch(c -> c.contains("which so few cannot show"));
  }

  @Test
  void warnsOfPairsThatWereTrainedInDifferentEnvironments() {
    Summary summary = summary(3, 58, new Estimate(0.2, 0.1, 0.3), new Estimate(0.02, 0.01, 0.03));

    assertThat(Caveats.of(360, 36, "1", DRAWN, 0, List.of(summary)))
        .anyMatch(c -> c.endsWith("they differ in the flipped labels only."));
    assertThat(Caveats.of(360, 36, "1", DRAWN, 2, List.of(summary)))
        .anyMatch(c -> c.contains("in 2 pairs also in the machine"))
        .noneMatch(c -> c.endsWith("they differ in the flipped labels only."));
  }

  @Test
  void saysWhatOfTheChoiceOfFlippedImagesTheIntervalsCover() {
    assertThat(choices(DRAWN)).anyMatch(c -> c.contains("vary together from pair to pair"));
    assertThat(choices(new Choices(List.of("random"), List.of("random"), List.of(1, 1, 1))))
        .contains(
            "All pairs share one choice of flipped images at each budget, so the intervals do not"
                + " cover that choice.");
    assertThat(choices(new Choices(List.of("random", "loss"), List.of("loss"), List.of(1, 2, 3))))
        .anyMatch(c -> c.startsWith("All pairs of the attack loss share one choice"))
        .anyMatch(c -> c.contains("vary together from pair to pair"));
    assertThat(choices(new Choices(List.of("random"), List.of(), List.of(1, 2, 1))))
        .anyMatch(c -> c.startsWith("Some pairs share a poison seed"))
        .noneMatch(c -> c.contains("vary together"));
  }

  private static List<String> choices(Choices choices) {
    Estimate excess = new Estimate(0.2, 0.1, 0.3);
    return Caveats.of(360, 36, "1", choices, 0, List.of(summary(3, 58, excess, excess)));
  }
}
