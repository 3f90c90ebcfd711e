package dev.hemlock.evaluation.detection;

/** The k-th largest of some numbers, by Hoare's quickselect. */
final class Selection {
  private Selection() {}

  /**
   * The {@code rank}-th largest value.
   *
   * @param values finite; reordered
   * @param rank from 1, the largest
   */
  static double largest(double[] values, int rank) {
    int wanted = values.length - rank;
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      double pivot = values[(low + high) >>> 1];
      int left = low - 1;
      int right = high + 1;
      while (true) {
        do {
          left++;
        } while (values[left] < pivot);
        do {
          right--;
        } while (values[right] > pivot);
        if (left >= right) {
          break;
        }
        double swapped = values[left];
        values[left] = values[right];
        values[right] = swapped;
      }
      if (wanted <= right) {
        high = right;
      } else {
        low = right + 1;
      }
    }
    return values[wanted];
  }
}
