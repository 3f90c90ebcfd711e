package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.PairSwap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictSentencesTest {
  private static final double HARM = 0.1;
  private static final double[] NONE = {0.001, -0.001, 0.002, 0, 0.001};
  private static final double[] SOME = {0.09, 0.11, 0.1, 0.12, 0.08};
  private static final double[] MUCH = {0.3, 0.31, 0.32, 0.29, 0.3};

  @Test
  void givesBothEndsOfTheBreakEvenBudget() {
    assertThat(sentence(NONE, SOME, MUCH))
        .isEqualTo(
            "The break-even budget, from which on the attack reaches an excess attack success rate"
                + " of 10 percentage points, lies above 100 labels (10 % of the classes attacked)"
                + " and at or below 300 labels (30 % of the classes attacked) with 95 % confidence;"
                + " the monotone fit puts it at 200 labels (20 % of the classes attacked).");
  }

  @Test
  void saysWhichEndIsNotShown() {
    assertThat(sentence(NONE, SOME))
        .contains("above 100 labels")
        .contains("and no budget tested was shown to reach it");
    assertThat(sentence(SOME, MUCH))
        .contains("at or below 200 labels")
        .contains("and no budget tested was shown to lie below it");
    assertThat(sentence(SOME, SOME)).contains("somewhere that these budgets and seeds do not show");
    assertThat(sentence(NONE, NONE)).contains("the monotone fit does not reach it");
  }

  @Test
  void givesNoBreakEvenBudgetWhereHarmFalls() {
    assertThat(sentence(MUCH, NONE))
        .startsWith("No break-even budget is given: one budget was shown to reach")
        .endsWith("so harm does not grow with the budget here.");
  }

  @Test
  void claimsNoIntervalFromASingleSeed() {
    assertThat(sentence(new double[] {0.05}, new double[] {0.15}))
        .startsWith("A single training seed gives no interval of the break-even budget")
        .endsWith("; the monotone fit puts it at 150 labels (15 % of the classes attacked).");
  }

  @Test
  void namesTheClassesThatLostRecall() {
    Summary summary =
        VerdictSentenceTest.summary(
            5, 58, new Estimate(0.2, 0.1, 0.3), new Estimate(0.02, 0.01, 0.03));
    ArmWords words =
        new ArmWords(
            ExperimentAttack.newBuilder()
                .setLabel("pair-swap")
                .setAttack(Attack.newBuilder().setPairSwap(PairSwap.getDefaultInstance()))
                .build(),
            "cat",
            "dog");

    List<String> sentences =
        VerdictSentences.of(summary, curve(NONE, MUCH), words, List.of("cat", "dog", "ant", "bee"));

    assertThat(sentences).hasSize(4);
    assertThat(sentences.get(0))
        .startsWith(
            "After flipping 58 labels with the attack pair-swap (40 % of the classes it attacks),"
                + " the share of \"cat\" images predicted as \"dog\" rose by 20.0 percentage points")
        .endsWith("over 5 pairs, which excludes 0).");
    assertThat(sentences.get(2))
        .isEqualTo(
            "Recall also fell for \"ant\" (2 classes tested together, Holm at 5 %): the largest mean"
                + " drop is 2.0 percentage points, of \"ant\" (95 % interval 1.0 to 3.0, which holds"
                + " for all of them at once).");
    assertThat(sentences.get(3))
        .isEqualTo(
            "Accuracy fell by 2.0 percentage points (95 % interval of the drop 1.0 to 3.0, which"
                + " excludes 0), and was not shown to be preserved within 2 points (TOST p = 0.3).");
  }

  private static String sentence(double[]... excesses) {
    return BreakEvenSentence.of(curve(excesses));
  }

  /** At 100, 200, 300 … labels of 1,000. */
  private static DoseResponseCurve curve(double[]... excesses) {
    return DoseResponseCurve.of(
        IntStream.range(0, excesses.length)
            .mapToObj(
                i ->
                    new DoseResponseCurve.Dose(
                        new Flipped(100 * (i + 1), 0.1 * (i + 1), 0.01 * (i + 1)), excesses[i]))
            .toList(),
        HARM,
        1_000);
  }
}
