package dev.hemlock.dataset.validation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Classes that are new, missing, or without samples in a split. */
final class ClassPresence {
  private static final int MOST_NAMED = 10;

  private ClassPresence() {}

  static Finding find(Policy policy, List<CheckedSplit> splits, Baseline baseline) {
    Set<String> classes = new LinkedHashSet<>();
    splits.forEach(split -> classes.addAll(split.classNames()));
    Set<String> expected = baseline.classes(splits);
    List<String> complaints = new ArrayList<>();
    classes.stream()
        .filter(name -> !expected.contains(name))
        .forEach(name -> complaints.add(name + " is new"));
    expected.stream()
        .filter(name -> !classes.contains(name))
        .forEach(name -> complaints.add(name + " is missing"));
    for (CheckedSplit split : splits) {
      Set<String> used = split.usedClasses();
      baseline.classes(split).stream()
          .filter(name -> classes.contains(name) && !used.contains(name))
          .sorted()
          .forEach(name -> complaints.add(name + " has no samples in " + split.name()));
    }
    return Finding.of(
        Check.CLASSES,
        "",
        policy.rule(Check.CLASSES),
        complaints.size(),
        complaints.isEmpty()
            ? "%d classes, as expected.".formatted(classes.size())
            : complaints.stream().limit(MOST_NAMED).collect(Collectors.joining("; "))
                + (complaints.size() > MOST_NAMED ? "; …" : "."));
  }
}
