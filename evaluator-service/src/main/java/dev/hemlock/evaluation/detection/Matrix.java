package dev.hemlock.evaluation.detection;

import java.util.stream.IntStream;

/**
 * Rows of numbers, one a sample.
 *
 * @param values row after row, finite
 * @param columns numbers a row, from 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record Matrix(float[] values, int rows, int columns) {
  public Matrix {
    if (columns < 1 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          values.length + " values are not " + rows + " rows of " + columns);
    }
  }

  /** One number. */
  public float at(int row, int column) {
    return values[row * columns + column];
  }

  /** The column of a row's largest value, the first of equals. */
  public int largest(int row) {
    int from = row * columns;
    int best = 0;
    for (int c = 1; c < columns; c++) {
      if (values[from + c] > values[from + best]) {
        best = c;
      }
    }
    return best;
  }

  /** The column of each row's largest value, the first of equals. */
  public int[] largest() {
    return IntStream.range(0, rows).parallel().map(this::largest).toArray();
  }

  /** Each row of logits as probabilities that add up to 1 (softmax). */
  public Matrix softmax() {
    float[] probabilities = new float[values.length];
    for (int row = 0; row < rows; row++) {
      int from = row * columns;
      double top = values[from + largest(row)];
      double sum = 0;
      for (int c = from; c < from + columns; c++) {
        sum += Math.exp(values[c] - top);
      }
      for (int c = from; c < from + columns; c++) {
        probabilities[c] = (float) (Math.exp(values[c] - top) / sum);
      }
    }
    return new Matrix(probabilities, rows, columns);
  }

  /** Some rows, in the order given, as double precision numbers less each column's mean. */
  double[][] centred(int[] chosen) {
    double[] mean = new double[columns];
    for (int row : chosen) {
      for (int c = 0; c < columns; c++) {
        mean[c] += at(row, c);
      }
    }
    double[][] centred = new double[chosen.length][columns];
    for (int i = 0; i < chosen.length; i++) {
      for (int c = 0; c < columns; c++) {
        centred[i][c] = at(chosen[i], c) - mean[c] / chosen.length;
      }
    }
    return centred;
  }
}
