package dev.hemlock.dataset;

import java.util.Arrays;

/**
 * The inverse discrete cosine transform of a block of 8 x 8, in integers: the algorithm of Loeffler,
 * Ligtenberg and Moschytz (1989) with 13-bit constants, rounded as the Independent JPEG Group's
 * accurate integer method rounds, so that every decoder that uses it gives the same pixels.
 */
final class InverseDct {

  private static final int CONST_BITS = 13;
  private static final int PASS1_BITS = 2;

  private static final int FIX_0_298631336 = 2446;
  private static final int FIX_0_390180644 = 3196;
  private static final int FIX_0_541196100 = 4433;
  private static final int FIX_0_765366865 = 6270;
  private static final int FIX_0_899976223 = 7373;
  private static final int FIX_1_175875602 = 9633;
  private static final int FIX_1_501321110 = 12299;
  private static final int FIX_1_847759065 = 15137;
  private static final int FIX_1_961570560 = 16069;
  private static final int FIX_2_053119869 = 16819;
  private static final int FIX_2_562915447 = 20995;
  private static final int FIX_3_072711026 = 25172;

  private final int[] columns = new int[64];
  private final int[] line = new int[8];
  private int stray;

  /** Starts a new image. */
  void reset() {
    stray = 0;
  }

  /**
   * Whether no sample since the last reset was so far out of range that decoders differ about it.
   */
  boolean inRange() {
    return stray == 0;
  }

  /**
   * Transforms a block.
   *
   * @param block 64 dequantised coefficients, row by row; their absolute values add up to at most
   *     32,767, so that nothing overflows
   * @param to gets 8 rows of 8 samples, from 0 to 255
   */
  void transform(int[] block, byte[] to, int offset, int stride) {
    for (int x = 0; x < 8; x++) {
      pass(block, x, 8, CONST_BITS - PASS1_BITS);
      for (int y = 0; y < 8; y++) {
        columns[8 * y + x] = line[y];
      }
    }
    for (int y = 0; y < 8; y++) {
      pass(columns, 8 * y, 1, CONST_BITS + PASS1_BITS + 3);
      int at = offset + y * stride;
      for (int x = 0; x < 8; x++) {
        to[at + x] = sample(line[x]);
      }
    }
  }

  /** A block whose first coefficient alone is not 0. */
  void flat(int coefficient, byte[] to, int offset, int stride) {
    byte sample = sample((coefficient + 4) >> 3);
    for (int y = 0; y < 8; y++) {
      int at = offset + y * stride;
      Arrays.fill(to, at, at + 8, sample);
    }
  }

  private byte sample(int centred) {
    stray |= (centred + 512) & ~1023;
    return (byte) Math.max(0, Math.min(255, centred + 128));
  }

  private void pass(int[] from, int at, int step, int shift) {
    int a0 = from[at];
    int a1 = from[at + step];
    int a2 = from[at + 2 * step];
    int a3 = from[at + 3 * step];
    int a4 = from[at + 4 * step];
    int a5 = from[at + 5 * step];
    int a6 = from[at + 6 * step];
    int a7 = from[at + 7 * step];

    int even = (a2 + a6) * FIX_0_541196100;
    int e2 = even - a6 * FIX_1_847759065;
    int e3 = even + a2 * FIX_0_765366865;
    int e0 = (a0 + a4) << CONST_BITS;
    int e1 = (a0 - a4) << CONST_BITS;
    int rounding = 1 << (shift - 1);
    int s0 = e0 + e3 + rounding;
    int s3 = e0 - e3 + rounding;
    int s1 = e1 + e2 + rounding;
    int s2 = e1 - e2 + rounding;

    int z5 = (a7 + a3 + a5 + a1) * FIX_1_175875602;
    int z1 = -(a7 + a1) * FIX_0_899976223;
    int z2 = -(a5 + a3) * FIX_2_562915447;
    int z3 = -(a7 + a3) * FIX_1_961570560 + z5;
    int z4 = -(a5 + a1) * FIX_0_390180644 + z5;
    int o0 = a7 * FIX_0_298631336 + z1 + z3;
    int o1 = a5 * FIX_2_053119869 + z2 + z4;
    int o2 = a3 * FIX_3_072711026 + z2 + z3;
    int o3 = a1 * FIX_1_501321110 + z1 + z4;

    line[0] = (s0 + o3) >> shift;
    line[7] = (s0 - o3) >> shift;
    line[1] = (s1 + o2) >> shift;
    line[6] = (s1 - o2) >> shift;
    line[2] = (s2 + o1) >> shift;
    line[5] = (s2 - o1) >> shift;
    line[3] = (s3 + o0) >> shift;
    line[4] = (s3 - o0) >> shift;
  }
}
