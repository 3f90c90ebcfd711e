package dev.hemlock.common.images;

import dev.hemlock.common.error.HemlockException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Class indexes as little-endian unsigned 16-bit integers, one a sample. */
public final class LabelBlob {
  /** The largest class index. */
  public static final int MAX_LABEL = 0xFFFF;

  private LabelBlob() {}

  /**
   * The bytes of some labels.
   *
   * @throws HemlockException INVALID_ARGUMENT for a label outside 0 to 65535
   */
  public static byte[] encode(int[] labels) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(labels.length, Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] > MAX_LABEL) {
        throw HemlockException.invalidArgument(
            "Label %d at position %d is outside 0 to 65535".formatted(labels[i], i));
      }
      buffer.putShort((short) labels[i]);
    }
    return buffer.array();
  }

  /**
   * The labels in some bytes.
   *
   * @throws HemlockException INVALID_ARGUMENT for an odd number of bytes
   */
  public static int[] decode(byte[] bytes) {
    if (bytes.length % Short.BYTES != 0) {
      throw HemlockException.invalidArgument(
          "A label blob has two bytes a label; this one has %d bytes".formatted(bytes.length));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int[] labels = new int[bytes.length / Short.BYTES];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = Short.toUnsignedInt(buffer.getShort());
    }
    return labels;
  }
}
