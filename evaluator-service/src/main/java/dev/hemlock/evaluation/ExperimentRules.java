package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a spec must hold against its data; every refusal says what to change. */
public final class ExperimentRules {
  private static final int CLASSES_LISTED = 20;
  private static final double DEFAULT_ACCURACY_MARGIN = 0.02;

  private ExperimentRules() {}

  /**
   * Fills in what can be filled in without asking another service, so that equal experiments have
   * equal specs: poison seeds default to the training seeds, the accuracy margin to 0.02.
   *
   * @throws HemlockException INVALID_ARGUMENT if a list repeats a value or does not fit another, or if
   *     a ratio or the margin is out of range
   */
  public static ExperimentSpec complete(ExperimentSpec spec) {
    ExperimentSpec.Builder complete =
        spec.toBuilder().clearRatios().setAccuracyMargin(accuracyMargin(spec));
    Set<Double> seen = new HashSet<>();
    for (double ratio : spec.getRatiosList()) {
      if (!(ratio >= 0 && ratio <= 1)) {
        throw refused("spec.ratios", "Ratio " + ratio + " is not between 0 and 1");
      }
      double unsignedZero = ratio == 0 ? 0 : ratio;
      if (!seen.add(unsignedZero)) {
        throw refused("spec.ratios", "Ratio " + ratio + " is given twice; give each ratio once");
      }
      complete.addRatios(unsignedZero);
    }
    if (spec.getPoisonSeedsCount() == 0) {
      complete.addAllPoisonSeeds(spec.getSeedsList());
    } else if (spec.getPoisonSeedsCount() != spec.getSeedsCount()) {
      throw refused(
          "spec.poison_seeds",
          String.format(
              "%d poison seeds do not fit %d seeds; give one a seed, or none",
              spec.getPoisonSeedsCount(), spec.getSeedsCount()));
    }
    return complete.build();
  }

  private static double accuracyMargin(ExperimentSpec spec) {
    double margin = spec.getAccuracyMargin();
    if (!(margin >= 0 && margin <= 1)) {
      throw refused(
          "spec.accuracy_margin",
          "Accuracy margin " + margin + " is not between 0 and 1; 0.02 allows 2 points");
    }
    return margin == 0 ? DEFAULT_ACCURACY_MARGIN : margin;
  }

  /**
   * Checks a spec against the snapshot that it names.
   *
   * @throws HemlockException INVALID_ARGUMENT: unknown class, source equal to target, a missing
   *     split, no test samples of a class the effect is measured on, or a ratio above 0 that flips
   *     no sample
   */
  public static void check(ExperimentSpec spec, Snapshot snapshot, SnapshotStatistics statistics) {
    List<String> classes = snapshot.getClassNamesList();
    int source = classIndex("spec.source_class", spec.getSourceClass(), classes);
    int target = classIndex("spec.target_class", spec.getTargetClass(), classes);
    if (source == target) {
      throw refused(
          "spec.target_class",
          "Source and target class are both \"" + spec.getSourceClass() + "\"; choose two classes");
    }
    int testSources = split(statistics, ExperimentPlan.TEST).getClassCounts(source);
    if (testSources == 0) {
      throw refused(
          "spec.snapshot",
          String.format(
              "The test split has no sample of class \"%s\", so its effect cannot be measured;"
                  + " use a snapshot whose test split has some",
              spec.getSourceClass()));
    }
    int trainSources = split(statistics, ExperimentPlan.TRAIN).getClassCounts(source);
    for (double ratio : spec.getRatiosList()) {
      if (ratio > 0 && flips(ratio, trainSources) == 0) {
        throw refused("spec.ratios", flipsNothing(ratio, trainSources, spec.getSourceClass()));
      }
    }
  }

  /** The index of a class, or INVALID_ARGUMENT with the classes there are. */
  static int classIndex(String field, String name, List<String> classes) {
    int index = classes.indexOf(name);
    if (index < 0) {
      throw refused(field, "There is no class \"" + name + "\"; " + choices(classes));
    }
    return index;
  }

  /** {@code ratio} of {@code count}, halves rounded up; the ratio counts as the decimal it prints. */
  static int flips(double ratio, int count) {
    return BigDecimal.valueOf(ratio)
        .multiply(BigDecimal.valueOf(count))
        .setScale(0, RoundingMode.HALF_UP)
        .intValueExact();
  }

  private static SplitStatistics split(SnapshotStatistics statistics, String name) {
    return statistics.getSplitsList().stream()
        .filter(split -> split.getSplit().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    "spec.snapshot",
                    "The snapshot has no split \"" + name + "\"; use one with train and test"));
  }

  private static String flipsNothing(double ratio, int count, String source) {
    if (count == 0) {
      return String.format(
          "The train split has no sample of class \"%s\" to flip; choose another class", source);
    }
    BigDecimal one =
        BigDecimal.ONE.divide(
            BigDecimal.valueOf(2L * count), new MathContext(3, RoundingMode.CEILING));
    return String.format(
        "Ratio %s of the %d training samples of class \"%s\" flips no sample; use at least %s, or 0"
            + " for the clean snapshot itself",
        BigDecimal.valueOf(ratio).toPlainString(),
        count,
        source,
        one.stripTrailingZeros().toPlainString());
  }

  private static String choices(List<String> classes) {
    if (classes.size() <= CLASSES_LISTED) {
      return "choose one of " + String.join(", ", classes);
    }
    return String.format(
        "choose one of the snapshot's %d classes, for example %s",
        classes.size(), String.join(", ", classes.subList(0, CLASSES_LISTED)));
  }

  private static HemlockException refused(String field, String message) {
    return HemlockException.invalidArgument(message).violating(field, message);
  }
}
