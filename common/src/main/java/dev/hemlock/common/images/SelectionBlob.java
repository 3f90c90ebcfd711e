package dev.hemlock.common.images;

import dev.hemlock.common.error.HemlockException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Stored positions as ascending little-endian signed 32-bit integers, one a sample. They are the
 * samples' stable ids.
 */
public final class SelectionBlob {
  private SelectionBlob() {}

  /**
   * The bytes of some positions.
   *
   * @throws HemlockException INVALID_ARGUMENT unless they ascend from 0 without repeats
   */
  public static byte[] encode(int[] positions) {
    requireAscending(positions);
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(positions.length, Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(positions);
    return buffer.array();
  }

  /**
   * The positions in some bytes.
   *
   * @throws HemlockException INVALID_ARGUMENT unless they ascend from 0 without repeats
   */
  public static int[] decode(byte[] bytes) {
    if (bytes.length % Integer.BYTES != 0) {
      throw HemlockException.invalidArgument(
          "A selection blob has four bytes a sample; this one has %d bytes"
              .formatted(bytes.length));
    }
    int[] positions = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(positions);
    requireAscending(positions);
    return positions;
  }

  /** The positions of a set without a selection: 0 to {@code storedCount} - 1. */
  public static int[] all(int storedCount) {
    return IntStream.range(0, storedCount).toArray();
  }

  private static void requireAscending(int[] positions) {
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] < 0 || (i > 0 && positions[i] <= positions[i - 1])) {
        throw HemlockException.invalidArgument(
            "Positions must ascend from 0 without repeats; %d at %d does not"
                .formatted(positions[i], i));
      }
    }
  }
}
