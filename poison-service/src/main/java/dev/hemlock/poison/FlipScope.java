package dev.hemlock.poison;

/**
 * What the budget of an attack is a part of.
 *
 * @param splitSize how many samples the split has
 * @param classSize how many of them are of a class that the attack flips labels of, at most {@code
 *     splitSize}
 * @param eligible the most samples that the attack can flip, at most {@code classSize} and a
 *     multiple of {@code unit}
 * @param unit how many labels the attack flips together, from 1
 */
public record FlipScope(int splitSize, int classSize, int eligible, int unit) {
  /** Refuses numbers that contradict each other. */
  public FlipScope {
    if (eligible < 0
        || eligible > classSize
        || classSize > splitSize
        || unit < 1
        || eligible % unit != 0) {
      throw new IllegalArgumentException(
          "%d eligible in units of %d, of %d samples of %d"
              .formatted(eligible, unit, classSize, splitSize));
    }
  }
}
