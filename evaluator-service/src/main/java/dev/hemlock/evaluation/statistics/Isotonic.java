package dev.hemlock.evaluation.statistics;

/**
 * The values that never fall and lie nearest to given ones by weighted least squares, found by
 * pooling adjacent violators: whatever falls is replaced by its weighted mean, until nothing falls.
 *
 * <p>Source: Ayer, Brunk, Ewing, Reid and Silverman, "An empirical distribution function for
 * sampling with incomplete information", Ann. Math. Statist. 26, 1955.
 */
public final class Isotonic {
  private Isotonic() {}

  /**
   * The fit, of as many values.
   *
   * @param values finite
   * @param weights above 0, one a value
   */
  public static double[] fit(double[] values, double[] weights) {
    double[] mean = new double[values.length];
    double[] weight = new double[values.length];
    int[] end = new int[values.length];
    int blocks = 0;
    for (int i = 0; i < values.length; i++) {
      mean[blocks] = values[i];
      weight[blocks] = weights[i];
      end[blocks] = i + 1;
      while (blocks > 0 && mean[blocks - 1] >= mean[blocks]) {
        double sum = weight[blocks - 1] + weight[blocks];
        mean[blocks - 1] += (mean[blocks] - mean[blocks - 1]) * weight[blocks] / sum;
        weight[blocks - 1] = sum;
        end[blocks - 1] = end[blocks];
        blocks--;
      }
      blocks++;
    }
    double[] fit = new double[values.length];
    for (int block = 0, i = 0; block < blocks; block++) {
      while (i < end[block]) {
        fit[i++] = mean[block];
      }
    }
    return fit;
  }
}
