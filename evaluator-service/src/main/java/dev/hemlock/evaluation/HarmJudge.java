package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.evaluation.statistics.BudgetSearch;
import dev.hemlock.evaluation.statistics.BudgetSearch.Bracket;
import dev.hemlock.evaluation.statistics.BudgetSearch.Measure;
import dev.hemlock.evaluation.statistics.SequentialTest.Judgement;
import dev.hemlock.proto.evaluation.v1.BudgetJudgement;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.HarmDecision;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;
import dev.hemlock.proto.evaluation.v1.JudgeHarmRequest;
import dev.hemlock.proto.evaluation.v1.JudgeHarmResponse;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Judges which budgets do harm by replaying a {@link BudgetSearch} over the experiments that have
 * SUCCEEDED: each look at a budget is an experiment of its own, so that all that was trained for one
 * look serves the next.
 *
 * @param spec with its defaults filled in; one attack, one recipe
 * @param budgets of the spec, in ascending order
 * @param looks training seeds at each look, ascending
 */
record HarmJudge(ExperimentSpec spec, List<Budget> budgets, int[] looks, double errorRate) {
  private static final double DEFAULT_ERROR_RATE = 0.05;

  /**
   * @param index into the spec's budgets
   */
  record Budget(int index, Flipped flipped) {}

  /** What the experiments of one budget have shown so far. */
  private record Evidence(String experiment, double[] excesses, double resolution) {
    static final Evidence NONE = new Evidence("", new double[0], 0);
  }

  /**
   * Checks a request.
   *
   * @param spec the request's, with its defaults filled in
   * @param flipped by each of its budgets
   * @throws HemlockException INVALID_ARGUMENT as {@code ExperimentService.JudgeHarm} documents
   */
  static HarmJudge of(JudgeHarmRequest request, ExperimentSpec spec, List<Flipped> flipped) {
    if (spec.getAttacksCount() > 1 || spec.getRecipesCount() > 1 || spec.hasDefences()) {
      throw refused(
          "spec",
          "Harm is judged for one attack and one recipe without defences; leave the others out");
    }
    if (flipped.stream().anyMatch(budget -> budget.count() == 0)) {
      throw refused("spec.budgets", "Budget 0 flips nothing and does no harm; leave it out");
    }
    int[] looks = request.getLooksList().stream().mapToInt(Integer::intValue).toArray();
    boolean ascending =
        looks.length > 0
            && looks[0] >= 2
            && IntStream.range(1, looks.length).allMatch(k -> looks[k - 1] < looks[k]);
    if (!ascending || looks[looks.length - 1] > spec.getSeedsCount()) {
      throw refused(
          "looks",
          String.format(
              "The looks %s do not ascend from 2 to at most the %d seeds of the spec; declare fewer"
                  + " or give more seeds",
              request.getLooksList(), spec.getSeedsCount()));
    }
    double errorRate = request.getErrorRate();
    if (!(errorRate >= 0 && errorRate < 1)) {
      throw refused("error_rate", "The error rate " + errorRate + " is not between 0 and 1");
    }
    List<Budget> ascendingBudgets =
        IntStream.range(0, flipped.size())
            .mapToObj(i -> new Budget(i, flipped.get(i)))
            .sorted(Comparator.comparingInt(budget -> budget.flipped().count()))
            .toList();
    return new HarmJudge(
        spec, ascendingBudgets, looks, errorRate == 0 ? DEFAULT_ERROR_RATE : errorRate);
  }

  /**
   * The next step.
   *
   * @param reports the report of an experiment, if it has SUCCEEDED
   */
  JudgeHarmResponse next(Function<ExperimentSpec, Optional<ExperimentReport>> reports) {
    List<Evidence> evidence = budgets.stream().map(b -> evidence(b, reports)).toList();
    double resolution = evidence.stream().mapToDouble(Evidence::resolution).max().orElse(0);
    BudgetSearch search = BudgetSearch.of(budgets.size(), looks, errorRate, resolution);
    BudgetSearch.Step step =
        search.next(spec.getHarmfulExcess(), evidence.stream().map(Evidence::excesses).toList());
    JudgeHarmResponse.Builder response = JudgeHarmResponse.newBuilder();
    if (step instanceof Measure measure) {
      response.setNext(look(budgets.get(measure.budget()), measure.seeds()));
    } else if (step instanceof Bracket bracket) {
      response.setJudgement(judgement(bracket, search, evidence));
    }
    return response.build();
  }

  /** The experiment of one look. */
  private ExperimentSpec look(Budget budget, int seeds) {
    int draws = ExperimentPlan.draws(spec);
    return spec.toBuilder()
        .clearBudgets()
        .addBudgets(spec.getBudgets(budget.index()))
        .clearSeeds()
        .addAllSeeds(spec.getSeedsList().subList(0, seeds))
        .clearPoisonSeeds()
        .addAllPoisonSeeds(spec.getPoisonSeedsList().subList(0, seeds * draws))
        .build();
  }

  /** The largest look there is; the smaller ones are its beginning. */
  private Evidence evidence(
      Budget budget, Function<ExperimentSpec, Optional<ExperimentReport>> reports) {
    for (int k = looks.length - 1; k >= 0; k--) {
      Optional<ExperimentReport> report = reports.apply(look(budget, looks[k]));
      if (report.isPresent()) {
        return new Evidence(
            report.get().getExperiment(), excesses(report.get()), resolution(report.get()));
      }
    }
    return Evidence.NONE;
  }

  private double[] excesses(ExperimentReport report) {
    int draws = ExperimentPlan.draws(spec);
    List<Pair> pairs = report.getPairsList();
    return IntStream.range(0, pairs.size() / draws)
        .mapToDouble(
            seed ->
                pairs.subList(seed * draws, (seed + 1) * draws).stream()
                    .mapToDouble(pair -> pair.getEffect().getExcessAttackSuccessRate())
                    .average()
                    .orElseThrow())
        .toArray();
  }

  /** One test image of the source class, as a share of them all. */
  private double resolution(ExperimentReport report) {
    return report.getPairsList().stream()
        .flatMap(pair -> pair.getClean().getPerClassList().stream())
        .filter(metrics -> metrics.getClassName().equals(spec.getSourceClass()))
        .mapToDouble(metrics -> 1.0 / Math.max(metrics.getSupport(), 1))
        .findFirst()
        .orElse(0);
  }

  private HarmJudgement judgement(Bracket bracket, BudgetSearch search, List<Evidence> evidence) {
    List<BudgetJudgement> visited = new ArrayList<>();
    bracket
        .judgements()
        .forEach((i, judged) -> visited.add(budgetJudgement(i, judged, evidence.get(i))));
    int draws = ExperimentPlan.draws(spec);
    HarmJudgement.Builder judgement =
        HarmJudgement.newBuilder()
            .addAllBudgets(visited)
            .setErrorRate(errorRate)
            .setLookErrorRate(search.test().errorRate() / looks.length)
            .setTrainingRuns(bracket.cleanCount() + draws * bracket.poisonedCount())
            .setGridTrainingRuns(looks[looks.length - 1] * (1 + draws * budgets.size()));
    bracket.harmless().ifPresent(i -> judgement.setLargestHarmless(flipped(i)));
    bracket.harmful().ifPresent(i -> judgement.setSmallestHarmful(flipped(i)));
    return judgement.build();
  }

  private BudgetJudgement budgetJudgement(int index, Judgement judged, Evidence evidence) {
    BudgetJudgement.Builder judgement =
        BudgetJudgement.newBuilder()
            .setFlipped(flipped(index))
            .setDecision(
                switch (judged.decision()) {
                  case ABOVE -> HarmDecision.HARM_DECISION_ABOVE;
                  case BELOW -> HarmDecision.HARM_DECISION_BELOW;
                  case UNDECIDED -> HarmDecision.HARM_DECISION_UNDECIDED;
                })
            .setSeedCount(judged.used())
            .setExcess(
                EvaluationMapper.estimate(
                    new Estimate(judged.mean(), judged.interval().low(), judged.interval().high())))
            .setExperiment(evidence.experiment());
    OptionalInt more = judged.moreValues();
    more.ifPresent(judgement::setMoreSeeds);
    return judgement.build();
  }

  private FlippedLabels flipped(int index) {
    return EvaluationMapper.flipped(budgets.get(index).flipped());
  }

  private static HemlockException refused(String field, String message) {
    return HemlockException.invalidArgument(message).violating(field, message);
  }
}
