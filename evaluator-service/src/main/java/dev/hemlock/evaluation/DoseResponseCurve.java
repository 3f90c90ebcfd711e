package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.BreakEven;
import dev.hemlock.evaluation.statistics.BreakEven.Absent;
import dev.hemlock.evaluation.statistics.BreakEven.At;
import dev.hemlock.evaluation.statistics.DoseResponse;
import dev.hemlock.evaluation.statistics.Interval;
import dev.hemlock.proto.evaluation.v1.BreakEvenBudget;
import dev.hemlock.proto.evaluation.v1.BreakEvenReason;
import dev.hemlock.proto.evaluation.v1.DosePoint;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the excess attack success rate of one arm grows with the number of labels flipped.
 *
 * @param budgets in ascending order, one a point
 */
record DoseResponseCurve(List<Flipped> budgets, DoseResponse response) {

  /**
   * One budget's excesses.
   *
   * @param excesses one a training seed
   */
  record Dose(Flipped flipped, double[] excesses) {}

  /**
   * Fits a curve through at least one budget, in any order.
   *
   * @param sourceImages how many test images the excesses are shares of
   */
  static DoseResponseCurve of(List<Dose> doses, double harmfulExcess, int sourceImages) {
    List<Dose> ascending =
        doses.stream().sorted(Comparator.comparingInt(dose -> dose.flipped().count())).toList();
    return new DoseResponseCurve(
        ascending.stream().map(Dose::flipped).toList(),
        DoseResponse.of(
            ascending.stream().mapToDouble(dose -> dose.flipped().count()).toArray(),
            ascending.stream().map(Dose::excesses).toList(),
            harmfulExcess,
            1.0 / sourceImages));
  }

  /** A number of labels in all three forms; the count is rounded up, the shares are not. */
  Flipped flipped(double labels) {
    Flipped largest = budgets.get(budgets.size() - 1);
    double part = labels / largest.count();
    return new Flipped(
        (int) Math.ceil(labels), part * largest.classShare(), part * largest.splitShare());
  }

  dev.hemlock.proto.evaluation.v1.DoseResponse toProto() {
    return dev.hemlock.proto.evaluation.v1.DoseResponse.newBuilder()
        .addAllPoints(IntStream.range(0, budgets.size()).mapToObj(this::point).toList())
        .setHarmfulExcess(response.breakEven().threshold())
        .setBreakEven(breakEven())
        .build();
  }

  dev.hemlock.proto.evaluation.v1.BreakEven breakEven() {
    BreakEven found = response.breakEven();
    return dev.hemlock.proto.evaluation.v1.BreakEven.newBuilder()
        .setEstimate(budget(found.estimate()))
        .setLow(budget(found.low()))
        .setHigh(budget(found.high()))
        .build();
  }

  private DosePoint point(int index) {
    DoseResponse.Point point = response.points().get(index);
    return DosePoint.newBuilder()
        .setFlipped(EvaluationMapper.flipped(budgets.get(index)))
        .setExcess(EvaluationMapper.estimate(estimate(point.mean(), point.interval())))
        .setSimultaneous(EvaluationMapper.interval(point.simultaneous()))
        .setMonotone(point.fit())
        .build();
  }

  private static Estimate estimate(double mean, Interval interval) {
    return new Estimate(mean, interval.low(), interval.high());
  }

  private BreakEvenBudget budget(BreakEven.Crossing crossing) {
    BreakEvenBudget.Builder budget = BreakEvenBudget.newBuilder();
    if (crossing instanceof At at) {
      budget.setFlipped(EvaluationMapper.flipped(flipped(at.budget())));
    } else if (crossing instanceof Absent absent) {
      budget.setReason(reason(absent.reason()));
    }
    return budget.build();
  }

  private static BreakEvenReason reason(BreakEven.Reason reason) {
    return switch (reason) {
      case BELOW_SMALLEST -> BreakEvenReason.BREAK_EVEN_REASON_BELOW_SMALLEST;
      case NOT_REACHED -> BreakEvenReason.BREAK_EVEN_REASON_NOT_REACHED;
      case NOT_MONOTONE -> BreakEvenReason.BREAK_EVEN_REASON_NOT_MONOTONE;
      case SINGLE_SEED -> BreakEvenReason.BREAK_EVEN_REASON_SINGLE_SEED;
    };
  }
}
