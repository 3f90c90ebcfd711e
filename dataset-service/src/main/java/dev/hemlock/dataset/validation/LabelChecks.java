package dev.hemlock.dataset.validation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Checks of how many samples each class of a split has. */
final class LabelChecks {
  /** Cochran, Biometrics 10, 1954. */
  private static final int SMALLEST_EXPECTED = 5;

  /** With fewer G raises more false alarms than its threshold says. */
  private static final int SMALLEST_EXPECTED_OF_G = 10;

  private static final int MOST_CLASSES = 100;

  private final Policy policy;
  private final CheckedSplit split;
  private final List<String> names;
  private final int[] counts;
  private final int splits;

  private LabelChecks(Policy policy, CheckedSplit split, Set<String> names, int splits) {
    this.policy = policy;
    this.split = split;
    this.names = List.copyOf(names);
    this.counts = counts(split, this.names);
    this.splits = splits;
  }

  /** Compares a split with that of a reference, one of so many splits. */
  static List<Finding> against(
      Policy policy, CheckedSplit split, CheckedSplit reference, int splits) {
    Set<String> all = new LinkedHashSet<>(split.classNames());
    all.addAll(reference.classNames());
    LabelChecks checks = new LabelChecks(policy, split, all, splits);
    int[] there = counts(reference, checks.names);
    if (split.ids().length == 0 || reference.ids().length == 0) {
      return checks.notJudged("a split without samples has no shares.");
    }
    return checks.findings(
        LabelDrift.ofCounts(checks.counts, there),
        ClassShares.ofCounts(checks.counts, there),
        there);
  }

  /** Compares a split with declared shares; samples of other classes are left out. */
  static List<Finding> against(
      Policy policy, CheckedSplit split, Map<String, Double> shares, int splits) {
    LabelChecks checks = new LabelChecks(policy, split, shares.keySet(), splits);
    double[] expected = checks.names.stream().mapToDouble(shares::get).toArray();
    int total = IntStream.of(checks.counts).sum();
    if (total == 0) {
      return checks.notJudged("no sample has a class that is expected.");
    }
    return checks.findings(
        LabelDrift.ofShares(checks.counts, expected),
        ClassShares.ofShares(checks.counts, expected),
        IntStream.range(0, expected.length)
            .map(c -> (int) Math.round(expected[c] * total))
            .toArray());
  }

  private List<Finding> findings(LabelDrift drift, double[] adjusted, int[] there) {
    List<Finding> findings = new ArrayList<>();
    String chi =
        "χ² = %.4g on %d degrees of freedom"
            .formatted(drift.chiSquared(), drift.degreesOfFreedom());
    findings.add(
        test(Check.CHI_SQUARED, chi, drift, SMALLEST_EXPECTED, drift.chiSquaredP())
            .withTest(drift.chiSquared(), drift.degreesOfFreedom()));
    String g = "G = %.4g on %d degrees of freedom".formatted(drift.g(), drift.degreesOfFreedom());
    findings.add(
        test(Check.G_TEST, g, drift, SMALLEST_EXPECTED_OF_G, drift.gP())
            .withTest(drift.g(), drift.degreesOfFreedom()));
    findings.add(classShares(adjusted, there));
    findings.add(
        effect(Check.POPULATION_STABILITY, "stability index", drift.populationStability()));
    findings.add(effect(Check.JENSEN_SHANNON, "Jensen–Shannon distance", drift.jensenShannon()));
    findings.add(effect(Check.CRAMERS_V, "Cramér's V", drift.cramersV()));
    return findings;
  }

  private Finding test(Check check, String statistic, LabelDrift drift, int least, double p) {
    return drift.smallestExpected() < least
        ? Finding.notJudged(
            check,
            split.name(),
            rule(check),
            "an expected count of %.1f is below %d; the exact test of each class holds."
                .formatted(drift.smallestExpected(), least))
        : Finding.of(check, split.name(), rule(check), p, statistic + ", " + pValue(p) + ".");
  }

  private Finding classShares(double[] adjusted, int[] there) {
    Rule rule = rule(Check.CLASS_SHARES);
    List<Finding.OfClass> classes =
        IntStream.range(0, adjusted.length)
            .mapToObj(c -> new Finding.OfClass(names.get(c), counts[c], there[c], adjusted[c]))
            .sorted(Comparator.comparingDouble(Finding.OfClass::adjustedPValue))
            .limit(MOST_CLASSES)
            .toList();
    Finding.OfClass first = classes.get(0);
    return Finding.of(
            Check.CLASS_SHARES,
            split.name(),
            rule,
            first.adjustedPValue(),
            "Most conspicuous of %d classes: %s with %d samples and %d in what it is compared with, adjusted %s."
                .formatted(
                    adjusted.length,
                    first.name(),
                    first.count(),
                    first.referenceCount(),
                    pValue(first.adjustedPValue())))
        .withClasses(classes);
  }

  private Finding effect(Check check, String name, double value) {
    return Finding.of(check, split.name(), rule(check), value, "%s %.3g.".formatted(name, value));
  }

  private List<Finding> notJudged(String why) {
    return List.of(
            Check.CHI_SQUARED,
            Check.G_TEST,
            Check.CLASS_SHARES,
            Check.POPULATION_STABILITY,
            Check.JENSEN_SHANNON,
            Check.CRAMERS_V)
        .stream()
        .map(check -> Finding.notJudged(check, split.name(), rule(check), why))
        .toList();
  }

  private Rule rule(Check check) {
    return policy.rule(check, splits);
  }

  static String pValue(double p) {
    return p < 1e-300 ? "p < 1e-300" : "p = %.2g".formatted(p);
  }

  private static int[] counts(CheckedSplit split, List<String> names) {
    Map<String, Integer> positions = new HashMap<>();
    for (int c = 0; c < names.size(); c++) {
      positions.put(names.get(c), c);
    }
    int[] counts = new int[names.size()];
    for (int i = 0; i < split.labels().length; i++) {
      Integer position = positions.get(split.label(i));
      if (position != null) {
        counts[position]++;
      }
    }
    return counts;
  }
}
