package dev.hemlock.training;

import dev.hemlock.common.images.ImageShape;

/**
 * Random changes to a training image.
 *
 * @param flip mirror left to right with probability one half
 * @param padding shift by up to this many pixels each way, the border filled with zeros; 0 for none
 */
record Augmentation(boolean flip, int padding) {
  static final Augmentation NONE = new Augmentation(false, 0);

  /**
   * One image's changes: first the shift, then the mirroring.
   *
   * @param down where the image is cut out of the padded one, 0 to twice the padding
   * @param right likewise
   * @param mirrored left and right swapped
   */
  record Draw(int down, int right, boolean mirrored) {}

  boolean isNone() {
    return !flip && padding == 0;
  }

  /** Copies an image changed by a draw. */
  void apply(Draw draw, ImageShape shape, byte[] source, byte[] target) {
    int row = shape.width() * shape.channels();
    for (int y = 0; y < shape.height(); y++) {
      int fromY = y + draw.down() - padding;
      for (int x = 0; x < shape.width(); x++) {
        int seen = draw.mirrored() ? shape.width() - 1 - x : x;
        int fromX = seen + draw.right() - padding;
        boolean inside =
            fromY >= 0 && fromY < shape.height() && fromX >= 0 && fromX < shape.width();
        for (int c = 0; c < shape.channels(); c++) {
          target[y * row + x * shape.channels() + c] =
              inside ? source[fromY * row + fromX * shape.channels() + c] : 0;
        }
      }
    }
  }
}
