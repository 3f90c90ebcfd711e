package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.util.List;
import java.util.Map;

/**
 * Relabels samples of some classes, chosen uniformly without replacement among all samples of these
 * classes, each as the class that the map gives for its own. Only true labels are mapped: a sample
 * never moves on along a chain of changes.
 *
 * <p>The asymmetric, class-conditional noise of Patrini et al., <i>Making Deep Neural Networks
 * Robust to Label Noise: A Loss Correction Approach</i> (CVPR 2017); its map for CIFAR-10 is {@link
 * #CIFAR10_ASYMMETRIC}.
 *
 * @param changes index of the target class by index of the source class, at least one
 */
public record ClassMap(Map<Integer, Integer> changes) implements Attack {
  /**
   * Section 5 of Patrini et al.: classes of CIFAR-10 that people and models confuse, by class name.
   */
  public static final Map<String, String> CIFAR10_ASYMMETRIC =
      Map.of(
          "truck", "automobile", "bird", "airplane", "deer", "horse", "cat", "dog", "dog", "cat");

  /**
   * Takes a copy.
   *
   * @throws HemlockException INVALID_ARGUMENT if there is no change or a class maps to itself
   */
  public ClassMap {
    changes = Map.copyOf(changes);
    if (changes.isEmpty()) {
      throw HemlockException.invalidArgument(
              "The class map is empty; give at least one change, or name a map of the literature")
          .violating("spec.attack.class_map", "set either named or changes");
    }
    if (changes.entrySet().stream().anyMatch(change -> change.getKey().equals(change.getValue()))) {
      throw HemlockException.invalidArgument(
              "The class map maps a class to itself, which changes no label; leave that class out")
          .violating("spec.attack.class_map.changes", "source_class and target_class must differ");
    }
  }

  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    return seed.shuffled(labels.flips((id, label) -> changes.getOrDefault(label, label)));
  }
}
