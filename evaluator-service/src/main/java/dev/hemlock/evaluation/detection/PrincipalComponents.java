package dev.hemlock.evaluation.detection;

import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;

/**
 * The directions in which centred rows spread most: the first right singular vectors, by orthogonal
 * iteration (Golub and Van Loan, Matrix Computations, section 8.2) from a fixed start. Their signs are
 * arbitrary.
 */
final class PrincipalComponents {
  private static final int MOST_ROUNDS = 2_000;
  private static final double TOLERANCE = 1e-12;

  private PrincipalComponents() {}

  /**
   * Unit vectors, orthogonal, by falling variance.
   *
   * @param centred at least one row
   * @param count at most the number of columns
   */
  static double[][] of(double[][] centred, int count) {
    double[][] scatter = scatter(centred);
    double[][] vectors = start(count, scatter.length);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double[][] next = new double[count][];
      for (int k = 0; k < count; k++) {
        next[k] = times(scatter, vectors[k]);
      }
      orthonormalise(next, vectors);
      double change = 0;
      for (int k = 0; k < count; k++) {
        for (int c = 0; c < scatter.length; c++) {
          change = Math.max(change, Math.abs(next[k][c] - vectors[k][c]));
        }
      }
      vectors = next;
      if (change < TOLERANCE) {
        break;
      }
    }
    return vectors;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int c = 0; c < a.length; c++) {
      sum += a[c] * b[c];
    }
    return sum;
  }

  private static double[][] scatter(double[][] rows) {
    int columns = rows[0].length;
    double[][] scatter = new double[columns][columns];
    for (double[] row : rows) {
      for (int a = 0; a < columns; a++) {
        double value = row[a];
        if (value != 0) {
          double[] line = scatter[a];
          for (int b = 0; b < columns; b++) {
            line[b] += value * row[b];
          }
        }
      }
    }
    return scatter;
  }

  private static double[][] start(int count, int columns) {
    RandomStream random = new RandomStream(0, Purpose.RESAMPLE);
    double[][] vectors = new double[count][columns];
    for (int k = 0; k < count; k++) {
      for (int c = 0; c < columns; c++) {
        vectors[k][c] = random.normal(k, c);
      }
    }
    orthonormalise(vectors, vectors);
    return vectors;
  }

  private static double[] times(double[][] matrix, double[] vector) {
    double[] product = new double[matrix.length];
    for (int a = 0; a < product.length; a++) {
      double value = vector[a];
      for (int b = 0; b < product.length; b++) {
        product[b] += value * matrix[a][b];
      }
    }
    return product;
  }

  /** Gram-Schmidt, twice for accuracy; a vector that vanishes is replaced by its fallback. */
  private static void orthonormalise(double[][] vectors, double[][] fallback) {
    for (int k = 0; k < vectors.length; k++) {
      if (!normalise(vectors, k)) {
        vectors[k] = fallback[k].clone();
        normalise(vectors, k);
      }
    }
  }

  private static boolean normalise(double[][] vectors, int k) {
    double[] vector = vectors[k];
    double before = Math.sqrt(dot(vector, vector));
    for (int pass = 0; pass < 2; pass++) {
      for (int j = 0; j < k; j++) {
        double share = dot(vector, vectors[j]);
        for (int c = 0; c < vector.length; c++) {
          vector[c] -= share * vectors[j][c];
        }
      }
    }
    double length = Math.sqrt(dot(vector, vector));
    if (length <= 1e-12 * before || length == 0) {
      return false;
    }
    for (int c = 0; c < vector.length; c++) {
      vector[c] /= length;
    }
    return true;
  }
}
