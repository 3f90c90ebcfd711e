package dev.hemlock.evaluation.statistics;

import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.stream.DoubleStream;

/**
 * Two-sided paired sign-flip permutation test of a mean difference against 0. Were poisoning without
 * effect, each difference could as well have had the other sign: p is the share of all 2^n
 * assignments of signs whose |sum| is at least the observed one. It assumes that symmetry, and no
 * distribution. With n differences p cannot fall below 2^(1−n), whatever they are.
 *
 * <p>Up to 20 differences all assignments are counted. Beyond, m = 99,999 are drawn and p = (b + 1) /
 * (m + 1), where b of them reach the observed sum.
 *
 * <p>Sources: Fisher, "The Design of Experiments", 1935, section 21; Phipson and Smyth, "Permutation
 * p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9, 2010, for the second rule.
 *
 * @param pValue above 0 to 1
 * @param smallestPValue the smallest that as many differences can give
 * @param exact whether all assignments were counted
 */
public record SignFlip(double pValue, double smallestPValue, boolean exact) {
  private static final int MOST_EXACT = 20;
  private static final int DRAWS = 99_999;
  private static final double ROUNDING = 1e-9;
  private static final int SEED = 0;

  /**
   * Tests at least one difference.
   *
   * @param differences finite; zeros count like others
   */
  public static SignFlip of(double[] differences) {
    if (differences.length == 0) {
      throw new IllegalArgumentException("a sign-flip test needs at least one difference");
    }
    double magnitude = DoubleStream.of(differences).map(Math::abs).sum();
    double least = Math.abs(DoubleStream.of(differences).sum()) - ROUNDING * magnitude;
    if (differences.length > MOST_EXACT) {
      double p = (drawn(differences, least) + 1.0) / (DRAWS + 1);
      return new SignFlip(p, 1.0 / (DRAWS + 1), false);
    }
    // The opposite signs give the same |sum|, so half of the assignments stand for all.
    double half = 1L << (differences.length - 1);
    return new SignFlip(counted(differences, 1, differences[0], least) / half, 1 / half, true);
  }

  private static long counted(double[] differences, int next, double sum, double least) {
    if (next == differences.length) {
      return Math.abs(sum) >= least ? 1 : 0;
    }
    return counted(differences, next + 1, sum + differences[next], least)
        + counted(differences, next + 1, sum - differences[next], least);
  }

  private static int drawn(double[] differences, double least) {
    RandomStream random = new RandomStream(SEED, Purpose.RESAMPLE);
    int reached = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      long signs = 0;
      for (int i = 0; i < differences.length; i++) {
        signs = i % Long.SIZE == 0 ? random.bits(0, draw, i / Long.SIZE) : signs >>> 1;
        sum += (signs & 1) == 0 ? differences[i] : -differences[i];
      }
      if (Math.abs(sum) >= least) {
        reached++;
      }
    }
    return reached;
  }
}
