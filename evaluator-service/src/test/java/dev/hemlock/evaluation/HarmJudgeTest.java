package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.proto.evaluation.v1.BudgetJudgement;
import dev.hemlock.proto.evaluation.v1.ClassMetrics;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.HarmDecision;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;
import dev.hemlock.proto.evaluation.v1.JudgeHarmRequest;
import dev.hemlock.proto.evaluation.v1.JudgeHarmResponse;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairEffect;
import dev.hemlock.proto.evaluation.v1.PairMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HarmJudgeTest {
  private static final PairMember CLEAN =
      PairMember.newBuilder()
          .addPerClass(ClassMetrics.newBuilder().setClassName("zero").setSupport(500))
          .addPerClass(ClassMetrics.newBuilder().setClassName("one").setSupport(100))
          .build();

  private final Map<ExperimentSpec, ExperimentReport> succeeded = new HashMap<>();
  private final List<ExperimentSpec> asked = new ArrayList<>();

  @Test
  void passesAGateAtTheFirstLookThatDecides() {
    HarmJudgement judgement =
        judged(spec(List.of(40), 20, 1), List.of(5, 10, 20), (count, seed) -> 0.02 + seed * 1e-3);

    assertThat(asked).extracting(ExperimentSpec::getSeedsCount).containsExactly(5);
    assertThat(judgement.getLargestHarmless().getCount()).isEqualTo(40);
    assertThat(judgement.hasSmallestHarmful()).isFalse();
    assertThat(judgement.getTrainingRuns()).isEqualTo(10);
    assertThat(judgement.getErrorRate()).isEqualTo(0.05);
    assertThat(judgement.getLookErrorRate()).isEqualTo(0.05 / 3);
  }

  @Test
  void failsAGateWhoseIntervalLiesAbove() {
    HarmJudgement judgement =
        judged(spec(List.of(40), 20, 1), List.of(5, 10, 20), (count, seed) -> 0.3 + seed * 1e-3);

    assertThat(judgement.getSmallestHarmful().getCount()).isEqualTo(40);
    assertThat(judgement.getBudgets(0).getDecision()).isEqualTo(HarmDecision.HARM_DECISION_ABOVE);
    assertThat(judgement.getBudgets(0).getExcess().getLow()).isGreaterThan(0.1);
  }

  @Test
  void leavesTwoEqualSharesOfAFewImagesOpen() {
    HarmJudgement judgement = judged(spec(List.of(40), 2, 1), List.of(2), (count, seed) -> 0.11);

    assertThat(judgement.getBudgets(0).getDecision())
        .isEqualTo(HarmDecision.HARM_DECISION_UNDECIDED);
  }

  @Test
  void leavesOpenWhatTheLastLookDoesNotDecideAndSaysHowManySeedsWould() {
    HarmJudgement judgement =
        judged(
            spec(List.of(40), 10, 1),
            List.of(5, 10),
            (count, seed) -> 0.12 + (seed % 2 == 0 ? 0.1 : -0.1));

    assertThat(asked).extracting(ExperimentSpec::getSeedsCount).containsExactly(5, 10);
    BudgetJudgement budget = judgement.getBudgets(0);
    assertThat(budget.getDecision()).isEqualTo(HarmDecision.HARM_DECISION_UNDECIDED);
    assertThat(budget.getMoreSeeds()).isPositive();
    assertThat(budget.getExperiment()).isEqualTo("experiments/40-10");
    assertThat(judgement.hasLargestHarmless()).isFalse();
    assertThat(judgement.hasSmallestHarmful()).isFalse();
  }

  @Test
  void halvesAGridAndTrainsLessThanAllOfIt() {
    HarmJudgement judgement =
        judged(
            spec(List.of(60, 10, 20, 30, 40, 50, 70, 80), 10, 1),
            List.of(3, 6, 10),
            (count, seed) -> (count >= 50 ? 0.3 : 0.01) + seed * 1e-3);

    assertThat(judgement.getLargestHarmless().getCount()).isEqualTo(40);
    assertThat(judgement.getSmallestHarmful().getCount()).isEqualTo(50);
    assertThat(judgement.getBudgetsCount()).isLessThanOrEqualTo(4);
    assertThat(judgement.getTrainingRuns())
        .isEqualTo(3 + 3 * judgement.getBudgetsCount())
        .isLessThan(judgement.getGridTrainingRuns());
    assertThat(judgement.getGridTrainingRuns()).isEqualTo(10 * 9);
  }

  @Test
  void countsATrainingSeedOnceWithTheMeanOverItsPoisonSeeds() {
    HarmJudgement judgement =
        judged(
            spec(List.of(40), 5, 2),
            List.of(5),
            (count, poisonSeed) -> 0.3 + (poisonSeed % 2 == 0 ? 0.2 : -0.2) + poisonSeed * 1e-3);

    assertThat(asked.get(0).getPoisonSeedsCount()).isEqualTo(10);
    assertThat(judgement.getBudgets(0).getSeedCount()).isEqualTo(5);
    assertThat(judgement.getBudgets(0).getDecision()).isEqualTo(HarmDecision.HARM_DECISION_ABOVE);
    assertThat(judgement.getTrainingRuns()).isEqualTo(15);
  }

  @Test
  void refusesLooksThatTheSeedsDoNotServe() {
    assertRefused(request(spec(List.of(40), 5, 1), List.of(3, 6)), "looks [3, 6] do not ascend");
    assertRefused(request(spec(List.of(40), 5, 1), List.of(3, 3)), "looks [3, 3] do not ascend");
    assertRefused(request(spec(List.of(0, 40), 5, 1), List.of(3)), "Budget 0 flips nothing");
  }

  private static void assertRefused(JudgeHarmRequest request, String message) {
    assertThatThrownBy(() -> judge(request))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT))
        .hasMessageContaining(message);
  }

  private HarmJudgement judged(
      ExperimentSpec spec, List<Integer> looks, DoubleBinaryOperator excess) {
    while (true) {
      JudgeHarmResponse response =
          judge(request(spec, looks)).next(look -> Optional.ofNullable(succeeded.get(look)));
      if (response.hasJudgement()) {
        return response.getJudgement();
      }
      asked.add(response.getNext());
      succeeded.put(response.getNext(), report(response.getNext(), excess));
    }
  }

  private static HarmJudge judge(JudgeHarmRequest request) {
    List<Flipped> flipped =
        request.getSpec().getBudgetsList().stream()
            .map(budget -> new Flipped(budget.getCount(), budget.getCount() / 100.0, 0))
            .toList();
    return HarmJudge.of(request, request.getSpec(), flipped);
  }

  private static JudgeHarmRequest request(ExperimentSpec spec, List<Integer> looks) {
    return JudgeHarmRequest.newBuilder().setSpec(spec).addAllLooks(looks).build();
  }

  private static ExperimentReport report(ExperimentSpec look, DoubleBinaryOperator excess) {
    int count = look.getBudgets(0).getCount();
    return ExperimentReport.newBuilder()
        .setExperiment("experiments/" + count + "-" + look.getSeedsCount())
        .addAllPairs(
            look.getPoisonSeedsList().stream()
                .map(seed -> excess.applyAsDouble(count, seed))
                .map(PairEffect.newBuilder()::setExcessAttackSuccessRate)
                .map(effect -> Pair.newBuilder().setEffect(effect.build()).setClean(CLEAN).build())
                .toList())
        .build();
  }

  private static ExperimentSpec spec(List<Integer> counts, int seeds, int draws) {
    return ExperimentSpec.newBuilder()
        .addAllBudgets(
            counts.stream()
                .map(count -> ExperimentBudget.newBuilder().setCount(count).build())
                .toList())
        .addAllSeeds(IntStream.range(0, seeds).boxed().toList())
        .addAllPoisonSeeds(IntStream.range(0, seeds * draws).boxed().toList())
        .addAttacks(ExperimentAttack.newBuilder().setLabel("targeted-flip"))
        .addRecipes(ExperimentRecipe.newBuilder().setLabel("smallcnn"))
        .setSourceClass("one")
        .setHarmfulExcess(0.1)
        .build();
  }
}
