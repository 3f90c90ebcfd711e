package dev.hemlock.evaluation;

/**
 * Training data after a detector's suspects were removed or relabelled.
 *
 * @param snapshot what is left
 * @param flips how many labels were wrong
 * @param caught how many of them were suspected
 * @param right how many labels were right
 * @param lost how many of them were suspected
 */
record Sanitised(String snapshot, int flips, int caught, int right, int lost) {

  /** The share of the wrong labels that were suspected, 0 to 1; 1 if none was wrong. */
  double flipsCaught() {
    return flips == 0 ? 1 : (double) caught / flips;
  }

  /** The share of the right labels that were suspected, 0 to 1; 0 if none was right. */
  double cleanLost() {
    return right == 0 ? 0 : (double) lost / right;
  }
}
