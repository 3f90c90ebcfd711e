package dev.hemlock.dataset;

import java.util.Arrays;
import java.util.Optional;

/** One Huffman table of a JPEG file (ITU-T T.81, annex C). */
final class HuffmanTable {

  /** Bits that are looked up in one go; longer codes are rare. */
  static final int LOOK_BITS = 9;

  private static final int MAX_BITS = 16;
  private static final int MAX_SYMBOLS = 256;

  private final byte[] definition;
  private final int[] look = new int[1 << LOOK_BITS];
  private final int[] firstCode = new int[MAX_BITS + 1];
  private final int[] firstSymbol = new int[MAX_BITS + 1];

  private HuffmanTable(byte[] definition) {
    this.definition = definition;
  }

  /**
   * Reads a definition: 16 counts of codes by length, then the symbols.
   *
   * @return nothing when there are more codes than there can be, of which the one of
   *     ones alone is none
   */
  static Optional<HuffmanTable> of(byte[] definition) {
    HuffmanTable table = new HuffmanTable(definition);
    return table.assign() ? Optional.of(table) : Optional.empty();
  }

  private boolean assign() {
    if (definition.length > MAX_BITS + MAX_SYMBOLS) {
      return false;
    }
    int code = 0;
    int symbol = MAX_BITS;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      firstCode[bits] = code;
      firstSymbol[bits] = symbol;
      int count = definition[bits - 1] & 0xff;
      if (count > 0 && code + count >= 1 << bits) {
        return false;
      }
      for (int i = 0; i < count && bits <= LOOK_BITS; i++) {
        int from = (code + i) << (LOOK_BITS - bits);
        int entry = (bits << 8) | (definition[symbol + i] & 0xff);
        Arrays.fill(look, from, from + (1 << (LOOK_BITS - bits)), entry);
      }
      code = (code + count) << 1;
      symbol += count;
    }
    return true;
  }

  /** Whether every symbol can be the size of a first coefficient. */
  boolean hasOnlySizes() {
    for (int i = MAX_BITS; i < definition.length; i++) {
      if (definition[i] < 0 || definition[i] > 15) {
        return false;
      }
    }
    return true;
  }

  /** Whether the table has this definition. */
  boolean isFrom(byte[] file, int from, int to) {
    return Arrays.equals(definition, 0, definition.length, file, from, to);
  }

  /**
   * The symbol whose code comes first.
   *
   * @param next the next 16 bits
   * @return the length of the code, times 256, plus the symbol; 0 if no code is like this
   */
  int symbol(int next) {
    int found = look[next >>> (MAX_BITS - LOOK_BITS)];
    return found != 0 ? found : longSymbol(next);
  }

  private int longSymbol(int next) {
    for (int bits = LOOK_BITS + 1; bits <= MAX_BITS; bits++) {
      int offset = (next >>> (MAX_BITS - bits)) - firstCode[bits];
      if (offset < (definition[bits - 1] & 0xff)) {
        return (bits << 8) | (definition[firstSymbol[bits] + offset] & 0xff);
      }
    }
    return 0;
  }
}
