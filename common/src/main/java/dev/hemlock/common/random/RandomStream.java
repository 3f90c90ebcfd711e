package dev.hemlock.common.random;

/**
 * The one source of randomness. A value is a pure function of (seed, purpose, epoch, id, position);
 * nothing is drawn in sequence, so values don't depend on the order of asking, on threads, or on
 * which other samples exist. Never key it by a label.
 *
 * <p>The layout is a contract; {@link #VERSION} changes with it. Words come from Philox4x32-10:
 *
 * <ul>
 *   <li>key word 0: the seed; key word 1: {@link Purpose#number()}
 *   <li>counter word 0: the block; word 1: the id; word 2: the epoch; word 3: 0
 *   <li>word i of (epoch, id) is word i mod 4 of block i div 4
 *   <li>the 64 bits at position p are word 2p (the low half) and word 2p + 1 (the high half)
 *   <li>a double in [0, 1) is the upper 53 of those bits, times 2^-53; a float the upper 24 bits of
 *       one word, times 2^-24
 *   <li>a normal value is the inverse normal distribution (AS 241) at (upper 53 bits + 0.5) / 2^53
 *       as a double, or at (word + 0.5) / 2^32 as a float
 * </ul>
 *
 * Every value is the same on every machine. Threads may share a stream.
 */
public final class RandomStream {
  /** Names generator and layout; part of what pairs of runs must share. */
  public static final String VERSION = "philox4x32-10/1";

  private static final double TWO_POW_MINUS_53 = 0x1p-53;
  private static final float TWO_POW_MINUS_24 = 0x1p-24f;
  private static final double TWO_POW_MINUS_32 = 0x1p-32;

  private final int seed;
  private final int purpose;

  /**
   * A stream.
   *
   * @param seed unsigned 32 bits
   */
  public RandomStream(int seed, Purpose purpose) {
    this.seed = seed;
    this.purpose = purpose.number();
  }

  /** 64 uniform bits. */
  public long bits(int epoch, int id) {
    return bits(epoch, id, 0);
  }

  /**
   * 64 uniform bits.
   *
   * @param position from 0; which of the values of (epoch, id)
   */
  public long bits(int epoch, int id, int position) {
    int[] block = new int[Philox.WORDS];
    Philox.block(position >>> 1, id, epoch, 0, seed, purpose, block);
    int low = (position & 1) << 1;
    return Integer.toUnsignedLong(block[low]) | ((long) block[low + 1] << 32);
  }

  /** Uniform in [0, 1). */
  public double uniform(int epoch, int id) {
    return uniform(epoch, id, 0);
  }

  /** Uniform in [0, 1), at a position from 0. */
  public double uniform(int epoch, int id, int position) {
    return (bits(epoch, id, position) >>> 11) * TWO_POW_MINUS_53;
  }

  /**
   * Uniform in 0 to {@code bound} - 1; uneven by less than 2^-22.
   *
   * @param bound from 1
   */
  public int below(int bound, int epoch, int id, int position) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, not " + bound);
    }
    return (int) (uniform(epoch, id, position) * bound);
  }

  /** Standard normal. */
  public double normal(int epoch, int id) {
    return normal(epoch, id, 0);
  }

  /** Standard normal, at a position from 0. */
  public double normal(int epoch, int id, int position) {
    return NormalQuantile.of(((bits(epoch, id, position) >>> 11) + 0.5) * TWO_POW_MINUS_53);
  }

  /** Fills an array with values uniform in [low, high), one word each. */
  public void fillUniform(int epoch, int id, float low, float high, float[] target) {
    float width = high - low;
    fill(epoch, id, target, word -> low + width * ((word >>> 8) * TWO_POW_MINUS_24));
  }

  /** Fills an array with normal values, one word each. */
  public void fillNormal(int epoch, int id, float mean, float deviation, float[] target) {
    fill(
        epoch,
        id,
        target,
        word -> {
          double p = (Integer.toUnsignedLong(word) + 0.5) * TWO_POW_MINUS_32;
          return (float) (mean + deviation * NormalQuantile.of(p));
        });
  }

  private void fill(int epoch, int id, float[] target, WordToFloat toFloat) {
    int[] block = new int[Philox.WORDS];
    for (int start = 0; start < target.length; start += Philox.WORDS) {
      Philox.block(start >>> 2, id, epoch, 0, seed, purpose, block);
      int count = Math.min(Philox.WORDS, target.length - start);
      for (int i = 0; i < count; i++) {
        target[start + i] = toFloat.apply(block[i]);
      }
    }
  }

  private interface WordToFloat {
    float apply(int word);
  }
}
