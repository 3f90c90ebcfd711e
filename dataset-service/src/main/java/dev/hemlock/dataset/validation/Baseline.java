package dev.hemlock.dataset.validation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a snapshot is compared with. */
public sealed interface Baseline {

  /** Checks the class counts of one of so many splits. */
  List<Finding> labels(Policy policy, CheckedSplit split, int splits);

  /** The classes that a snapshot should have. */
  Set<String> classes(List<CheckedSplit> splits);

  /** The classes that should have samples in a split. */
  Set<String> classes(CheckedSplit split);

  /** The trusted splits; empty unless there is a reference. */
  default List<CheckedSplit> splits() {
    return List.of();
  }

  /** Nothing: only what can be judged alone is. */
  record None() implements Baseline {
    @Override
    public List<Finding> labels(Policy policy, CheckedSplit split, int splits) {
      return List.of();
    }

    @Override
    public Set<String> classes(List<CheckedSplit> splits) {
      return names(splits);
    }

    @Override
    public Set<String> classes(CheckedSplit split) {
      return Set.copyOf(split.classNames());
    }
  }

  /**
   * The share of each class in every split.
   *
   * @param shares above 0, by class; divided by their sum
   */
  record Expected(Map<String, Double> shares) implements Baseline {
    public Expected {
      double sum = shares.values().stream().mapToDouble(share -> share).sum();
      Map<String, Double> normal = new LinkedHashMap<>();
      shares.forEach((name, share) -> normal.put(name, share / sum));
      shares = Collections.unmodifiableMap(normal);
    }

    @Override
    public List<Finding> labels(Policy policy, CheckedSplit split, int splits) {
      return LabelChecks.against(policy, split, shares, splits);
    }

    @Override
    public Set<String> classes(List<CheckedSplit> splits) {
      return shares.keySet();
    }

    @Override
    public Set<String> classes(CheckedSplit split) {
      return shares.keySet();
    }
  }

  /** A trusted snapshot. */
  record Reference(List<CheckedSplit> splits) implements Baseline {
    public Reference {
      splits = List.copyOf(splits);
    }

    @Override
    public List<Finding> labels(Policy policy, CheckedSplit split, int ofSplits) {
      return split(split.name())
          .map(there -> LabelChecks.against(policy, split, there, ofSplits))
          .orElse(List.of());
    }

    @Override
    public Set<String> classes(List<CheckedSplit> others) {
      return names(splits);
    }

    @Override
    public Set<String> classes(CheckedSplit split) {
      return split(split.name()).map(CheckedSplit::usedClasses).orElse(Set.of());
    }

    private Optional<CheckedSplit> split(String name) {
      return splits.stream().filter(split -> split.name().equals(name)).findFirst();
    }
  }

  private static Set<String> names(List<CheckedSplit> splits) {
    return splits.stream()
        .flatMap(split -> split.classNames().stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
