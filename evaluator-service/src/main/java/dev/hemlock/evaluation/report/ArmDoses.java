package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.DosePoint;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One attack with one recipe.
 *
 * @param name what tells it from the report's other arms, empty if there is none
 * @param doses its budgets, the smallest first
 */
record ArmDoses(String name, Arm arm, List<Dose> doses) {
  static List<ArmDoses> of(ExperimentReport report) {
    return IntStream.range(0, Math.max(1, report.getArmsCount()))
        .mapToObj(index -> of(report, index))
        .toList();
  }

  /** The budget that the report's own summary is about. */
  static Dose headline(ExperimentReport report) {
    Arm arm = Headline.arm(report);
    return dose(report, arm, 0, report.getSummary(), 0);
  }

  /** The name of a file about it, for example {@code doses-targeted-flip+smallcnn}. */
  String file(String kind) {
    return kind + suffix(arm);
  }

  /** The classes whose labels the attack flips. */
  String flippable(ExperimentSpec spec) {
    return spec.getAttacksList().stream()
        .filter(attack -> attack.getLabel().equals(arm.getAttack()))
        .filter(attack -> attack.getAttack().hasTargetedFlip())
        .map(attack -> attack.getAttack().getTargetedFlip().getSourceClass())
        .findFirst()
        .orElse("the classes attacked");
  }

  private static ArmDoses of(ExperimentReport report, int index) {
    Arm arm = index < report.getArmsCount() ? report.getArms(index) : Headline.arm(report);
    List<Summary> summaries =
        arm.getSummariesCount() == 0 ? List.of(report.getSummary()) : arm.getSummariesList();
    List<Dose> doses =
        IntStream.range(0, summaries.size())
            .mapToObj(budget -> dose(report, arm, index, summaries.get(budget), budget))
            .sorted(Comparator.comparingInt(dose -> dose.summary().getFlipped().getCount()))
            .toList();
    return new ArmDoses(name(report, arm), arm, doses);
  }

  private static Dose dose(
      ExperimentReport report, Arm arm, int index, Summary summary, int budget) {
    List<Pair> pairs =
        report.getPairsList().stream()
            .filter(pair -> pair.getArm() == index && pair.getBudget() == budget)
            .toList();
    int count = summary.getFlipped().getCount();
    Optional<DosePoint> point =
        arm.getDoseResponse().getPointsList().stream()
            .filter(p -> p.getFlipped().getCount() == count)
            .findFirst();
    return new Dose(suffix(arm), summary, pairs, point);
  }

  /** Labels hold no plus sign, so that no two arms have the same. */
  private static String suffix(Arm arm) {
    return arm.getAttack().isEmpty() ? "" : "-" + arm.getAttack() + "+" + arm.getRecipe();
  }

  private static String name(ExperimentReport report, Arm arm) {
    boolean attacks = report.getArmsList().stream().map(Arm::getAttack).distinct().count() > 1;
    boolean recipes = report.getArmsList().stream().map(Arm::getRecipe).distinct().count() > 1;
    return attacks && recipes
        ? arm.getAttack() + ", " + arm.getRecipe()
        : attacks ? arm.getAttack() : recipes ? arm.getRecipe() : "";
  }
}
