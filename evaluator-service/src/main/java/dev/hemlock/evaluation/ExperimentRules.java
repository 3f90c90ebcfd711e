package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.util.List;

/** What a spec must hold against its data; every refusal says what to change. */
public final class ExperimentRules {
  private static final int CLASSES_LISTED = 20;

  private ExperimentRules() {}

  /**
   * Checks a spec against the snapshot that it names.
   *
   * @throws HemlockException INVALID_ARGUMENT: unknown class, source equal to target, a missing
   *     split, or no test samples of the class the effect is measured on
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
    split(statistics, ExperimentPlan.TRAIN);
  }

  /** The index of a class, or INVALID_ARGUMENT with the classes there are. */
  static int classIndex(String field, String name, List<String> classes) {
    int index = classes.indexOf(name);
    if (index < 0) {
      throw refused(field, "There is no class \"" + name + "\"; " + choices(classes));
    }
    return index;
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
