package dev.hemlock.dataset;

/**
 * The Huffman-coded blocks of a sequential JPEG scan (ITU-T T.81, annex F.2). Never fails: once
 * anything is not as it should be, {@link #intact} says so for good.
 */
final class EntropyCoded {

  /** The most that the absolute coefficients of a block may add up to; no real image has more. */
  private static final int MAX_SUM = 32_767;

  private static final int[] ZIGZAG = {
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63
  };

  private final byte[] file;
  private int at;
  private long bits;
  private int count;
  private int padding;
  private boolean damaged;
  private boolean flat;

  /**
   * Begins a scan.
   *
   * @param at where its data begin in the file
   */
  EntropyCoded(byte[] file, int at) {
    this.file = file;
    this.at = at;
  }

  /** Whether all blocks so far were really there. */
  boolean intact() {
    return !damaged && count >= padding;
  }

  /** Whether only the first coefficient of the block just read may be other than 0. */
  boolean flat() {
    return flat;
  }

  /**
   * Reads a block.
   *
   * @param quantisation 64 factors in zigzag order
   * @param before the first coefficient of the block before, not dequantised
   * @param block gets 64 dequantised coefficients, row by row; zeros when called
   * @return the first coefficient, not dequantised
   */
  int block(HuffmanTable first, HuffmanTable rest, int[] quantisation, int before, int[] block) {
    int value = (short) (before + extended(symbol(first) & 15));
    block[0] = value * quantisation[0];
    int sum = Math.abs(block[0]);
    int k = 1;
    flat = true;
    while (k < 64) {
      int symbol = symbol(rest);
      int size = symbol & 15;
      int run = symbol >> 4;
      if (size == 0) {
        if (run != 15) {
          break;
        }
        k += 16;
        continue;
      }
      k += run;
      if (k > 63) {
        damaged = true;
        break;
      }
      flat = false;
      int coefficient = extended(size) * quantisation[k];
      block[ZIGZAG[k++]] = coefficient;
      sum += Math.abs(coefficient);
    }
    damaged |= k > 64 || sum > MAX_SUM || sum < 0;
    return value;
  }

  private int symbol(HuffmanTable table) {
    fill();
    int found = table.symbol((int) (bits >>> (count - 16)) & 0xffff);
    if (found == 0) {
      damaged = true;
      return 0;
    }
    count -= found >> 8;
    return found & 0xff;
  }

  private int extended(int size) {
    if (size == 0) {
      return 0;
    }
    fill();
    count -= size;
    int value = (int) (bits >>> count) & ((1 << size) - 1);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Sees to it that there are at least 16 bits; zeros after the end. */
  private void fill() {
    if (count >= 16) {
      return;
    }
    while (count <= Long.SIZE - 16) {
      int next = at < file.length ? file[at] & 0xff : 0xff;
      if (next != 0xff) {
        at++;
      } else if (at + 1 < file.length && file[at + 1] == 0) {
        at += 2;
      } else {
        next = 0;
        padding += 8;
      }
      bits = (bits << 8) | next;
      count += 8;
    }
  }
}
