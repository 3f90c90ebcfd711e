package dev.hemlock.common.torch;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The samples of one step. Buffers are direct, in native order, and must not change during the step.
 *
 * @param images {@link Kind#PIXELS}, or {@link Kind#INTEGER}: positions among the images that the
 *     training keeps
 * @param labels begins with the 64-bit class of each image
 * @param count images
 * @param more what the loss or the method needs besides, in its order
 */
public record TrainingBatch(Column images, ByteBuffer labels, int count, List<Column> more) {
  public TrainingBatch {
    more = List.copyOf(more);
  }

  /** A batch of pixels without more. */
  public TrainingBatch(ByteBuffer pixels, ByteBuffer labels, int count) {
    this(new Column(Kind.PIXELS, pixels), labels, count, List.of());
  }

  /**
   * Something of each image.
   *
   * @param values begins with the value of each image
   */
  public record Column(Kind kind, ByteBuffer values) {}

  /** What the values of a column are. */
  public enum Kind {
    /** Height × width × channels bytes. */
    PIXELS,
    /** A 64-bit integer. */
    INTEGER,
    /** A 32-bit float, 0 to 1. */
    SHARE,
    /** A 32-bit float for each value of the image, -1 to 1. */
    IMAGE
  }
}
