package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The rows most alike by cosine similarity, found by comparing all pairs in tiles. */
final class NearestNeighbours {
  private static final int TILE = 256;

  private NearestNeighbours() {}

  /**
   * For each row the positions of the {@code count} rows that are most alike, itself left out; of
   * equals the first. A row of zeros is like no other.
   *
   * @param count from 1, below the number of rows
   */
  static int[][] of(Matrix features, int count) {
    int rows = features.rows();
    float[][] tiles = tiles(features);
    int[][] nearest = new int[rows][];
    IntStream.range(0, tiles.length)
        .parallel()
        .forEach(tile -> search(tiles, tile, rows, features.columns(), count, nearest));
    return nearest;
  }

  /** Unit vectors; a tile holds {@code TILE} of them, column by column. */
  private static float[][] tiles(Matrix features) {
    int columns = features.columns();
    float[][] tiles = new float[(features.rows() + TILE - 1) / TILE][TILE * columns];
    for (int row = 0; row < features.rows(); row++) {
      double squares = 0;
      for (int c = 0; c < columns; c++) {
        squares += (double) features.at(row, c) * features.at(row, c);
      }
      double length = Math.sqrt(squares);
      for (int c = 0; c < columns; c++) {
        tiles[row / TILE][c * TILE + row % TILE] =
            length == 0 ? 0 : (float) (features.at(row, c) / length);
      }
    }
    return tiles;
  }

  private static void search(
      float[][] tiles, int tile, int rows, int columns, int count, int[][] nearest) {
    int first = tile * TILE;
    int queries = Math.min(TILE, rows - first);
    float[][] best = new float[queries][count];
    for (int q = 0; q < queries; q++) {
      nearest[first + q] = new int[count];
      Arrays.fill(best[q], Float.NEGATIVE_INFINITY);
    }
    float[] products = new float[TILE];
    for (int other = 0; other < tiles.length; other++) {
      int candidates = Math.min(TILE, rows - other * TILE);
      for (int q = 0; q < queries; q++) {
        multiply(tiles[tile], q, tiles[other], columns, products);
        for (int j = 0; j < candidates; j++) {
          int candidate = other * TILE + j;
          if (products[j] > best[q][count - 1] && candidate != first + q) {
            insert(products[j], candidate, best[q], nearest[first + q]);
          }
        }
      }
    }
  }

  private static void multiply(float[] from, int q, float[] with, int columns, float[] products) {
    Arrays.fill(products, 0);
    for (int c = 0; c < columns; c++) {
      float factor = from[c * TILE + q];
      int start = c * TILE;
      for (int j = 0; j < TILE; j++) {
        products[j] += factor * with[start + j];
      }
    }
  }

  private static void insert(float likeness, int candidate, float[] best, int[] nearest) {
    int at = best.length - 1;
    while (at > 0 && best[at - 1] < likeness) {
      best[at] = best[at - 1];
      nearest[at] = nearest[at - 1];
      at--;
    }
    best[at] = likeness;
    nearest[at] = candidate;
  }
}
