package dev.hemlock.dataset.validation;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.storage.Digest;

/**
 * What is kept of an image to compare it with others.
 *
 * @param digest of its bytes
 * @param gradient signs of the horizontal differences of its grey levels, averaged to 9 × 8 cells;
 *     bit 8 · row + column. Images that look alike differ in few bits (Krawetz, "Kind of Like That",
 *     2013: dHash)
 * @param mean of its bytes, 0 to 255
 * @param deviation of its bytes, divisor n; 0 for an image of one value
 */
record Fingerprint(Digest digest, long gradient, double mean, double deviation) {
  private static final int ROWS = 8;
  private static final int COLUMNS = 9;

  static Fingerprint of(byte[] pixels, ImageShape shape) {
    long sum = 0;
    long squares = 0;
    for (byte pixel : pixels) {
      int value = pixel & 0xFF;
      sum += value;
      squares += value * value;
    }
    double n = pixels.length;
    double variance = (squares - (double) sum * sum / n) / n;
    boolean constant = squares * pixels.length == sum * sum;
    return new Fingerprint(
        Digest.of(pixels),
        gradient(pixels, shape),
        sum / n,
        constant ? 0 : Math.sqrt(Math.max(0, variance)));
  }

  boolean constant() {
    return deviation == 0;
  }

  private static long gradient(byte[] pixels, ImageShape shape) {
    long[] cells = new long[ROWS * COLUMNS];
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int grey = 0;
        for (int c = 0; c < shape.channels(); c++) {
          grey += pixels[(y * shape.width() + x) * shape.channels() + c] & 0xFF;
        }
        spread(cells, y, x, shape, grey);
      }
    }
    long bits = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS - 1; column++) {
        int cell = row * COLUMNS + column;
        if (cells[cell + 1] > cells[cell]) {
          bits |= 1L << (8 * row + column);
        }
      }
    }
    return bits;
  }

  /** Adds a pixel to the cells that it overlaps, by area; whole numbers, so that flat stays flat. */
  private static void spread(long[] cells, int y, int x, ImageShape shape, int grey) {
    int height = shape.height();
    int width = shape.width();
    for (int row = y * ROWS / height; row * height < (y + 1) * ROWS; row++) {
      long down = overlap(row * height, height, y * ROWS, ROWS);
      for (int column = x * COLUMNS / width; column * width < (x + 1) * COLUMNS; column++) {
        cells[row * COLUMNS + column] +=
            grey * down * overlap(column * width, width, x * COLUMNS, COLUMNS);
      }
    }
  }

  private static int overlap(int from, int length, int otherFrom, int otherLength) {
    return Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);
  }
}
