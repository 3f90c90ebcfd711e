package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;

/**
 * A seeded stratified split.
 *
 * @param testShare share of each class that becomes the test split, above 0 and below 1
 * @param seed unsigned 32 bits
 */
record SplitPolicy(double testShare, int seed) {

  /** A fifth of each class, seed 0. */
  static final SplitPolicy DEFAULT = new SplitPolicy(0.2, 0);

  SplitPolicy {
    if (!(testShare > 0 && testShare < 1)) {
      throw HemlockException.invalidArgument(
          "A test share of %s can't be used: give one above 0 and below 1.".formatted(testShare));
    }
  }
}
