package dev.hemlock.dataset;

import dev.hemlock.common.images.ImageShape;
import java.util.List;

/**
 * A recognised data set: what it holds is known, its pixels are still packed. The order of samples
 * depends on the data alone, never on the order of an archive or on threads.
 */
interface RawDataset {

  /**
   * A split and its labels, in sample order.
   *
   * @param name {@code train} or {@code test}
   * @param labels indexes into the class names
   */
  record RawSplit(String name, int[] labels) {}

  /** Takes decoded images in any order from any thread. */
  @FunctionalInterface
  interface PixelSink {

    /**
     * Takes one image; the array belongs to the sink from then on.
     *
     * @param split index into {@link #splits()}
     * @param position index into the split's labels
     */
    void put(int split, int position, byte[] pixels);
  }

  /** The shape of every image. */
  ImageShape shape();

  /** The classes; a label is an index into this list. */
  List<String> classNames();

  /** {@code test} and {@code train} in this order, or {@code train} alone if there is no split. */
  List<RawSplit> splits();

  /**
   * Decodes every image once.
   *
   * @param tick called now and then from the calling thread, to report progress; may throw to stop
   */
  void readPixels(PixelSink sink, Runnable tick);
}
