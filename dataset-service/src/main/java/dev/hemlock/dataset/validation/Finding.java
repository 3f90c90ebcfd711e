package dev.hemlock.dataset.validation;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What one check found.
 *
 * @param split empty: all splits together
 * @param rule whose threshold the figure is compared with
 * @param figure empty: not judged, and the sentence says why
 * @param classes the most conspicuous first
 * @param samples the first {@link #MOST_SAMPLES}
 * @param sampleCount all of them
 */
public record Finding(
    Check check,
    String split,
    Rule rule,
    OptionalDouble figure,
    OptionalDouble statistic,
    OptionalInt degreesOfFreedom,
    String sentence,
    List<OfClass> classes,
    List<Sample> samples,
    int sampleCount) {
  static final int MOST_SAMPLES = 100;

  public Finding {
    classes = List.copyOf(classes);
    samples = List.copyOf(samples);
  }

  /** Samples of one class here and in the reference, and the adjusted p value of its share. */
  public record OfClass(String name, int count, int referenceCount, double adjustedPValue) {}

  /** A sample, and the one that it conflicts with; the other split is empty if there is none. */
  public record Sample(
      String split, int id, String label, String otherSplit, int otherId, String otherLabel) {}

  static Finding of(Check check, String split, Rule rule, double figure, String sentence) {
    return new Finding(
        check,
        split,
        rule,
        OptionalDouble.of(figure),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        sentence,
        List.of(),
        List.of(),
        0);
  }

  static Finding notJudged(Check check, String split, Rule rule, String why) {
    return new Finding(
        check,
        split,
        rule,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        "Not judged: " + why,
        List.of(),
        List.of(),
        0);
  }

  Finding withTest(double newStatistic, int newDegreesOfFreedom) {
    return new Finding(
        check,
        split,
        rule,
        figure,
        OptionalDouble.of(newStatistic),
        OptionalInt.of(newDegreesOfFreedom),
        sentence,
        classes,
        samples,
        sampleCount);
  }

  Finding withClasses(List<OfClass> found) {
    return new Finding(
        check,
        split,
        rule,
        figure,
        statistic,
        degreesOfFreedom,
        sentence,
        found,
        samples,
        sampleCount);
  }

  Finding withSamples(List<Sample> found) {
    return new Finding(
        check,
        split,
        rule,
        figure,
        statistic,
        degreesOfFreedom,
        sentence,
        classes,
        found.subList(0, Math.min(MOST_SAMPLES, found.size())),
        found.size());
  }

  /** Whether the figure is beyond the threshold. */
  public boolean alarm() {
    return figure.isPresent()
        && (check.figure() == Check.Figure.P_VALUE
            ? figure.getAsDouble() < rule.threshold()
            : figure.getAsDouble() > rule.threshold());
  }

  /** What the finding means for the snapshot. */
  public Action verdict() {
    return alarm() ? rule.action() : Action.ADMIT;
  }
}
