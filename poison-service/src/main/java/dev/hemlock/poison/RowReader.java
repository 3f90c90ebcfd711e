package dev.hemlock.poison;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/** Takes rows of little-endian 32-bit floats from chunks of bytes, and keeps some of them. */
final class RowReader {
  private final IntPredicate wanted;
  private final ByteBuffer row;
  private final Map<Integer, float[]> rows = new HashMap<>();
  private int next;

  /**
   * @param columns floats a row
   * @param wanted which rows to keep, by their number from 0
   */
  RowReader(int columns, IntPredicate wanted) {
    this.wanted = wanted;
    this.row = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next bytes; they may end anywhere. */
  void accept(ByteString chunk) {
    ByteBuffer bytes = chunk.asReadOnlyByteBuffer();
    while (bytes.hasRemaining()) {
      int length = Math.min(row.remaining(), bytes.remaining());
      row.put(bytes.slice().limit(length));
      bytes.position(bytes.position() + length);
      if (!row.hasRemaining()) {
        endRow();
      }
    }
  }

  private void endRow() {
    row.flip();
    if (wanted.test(next)) {
      float[] values = new float[row.remaining() / Float.BYTES];
      row.asFloatBuffer().get(values);
      rows.put(next, values);
    }
    next++;
    row.clear();
  }

  /** The rows kept so far. */
  ModelOutputs outputs() {
    return new ModelOutputs(Map.copyOf(rows));
  }
}
