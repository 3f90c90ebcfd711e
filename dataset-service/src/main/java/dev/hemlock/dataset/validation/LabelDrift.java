package dev.hemlock.dataset.validation;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.apache.commons.statistics.inference.GTest;
import org.apache.commons.statistics.inference.SignificanceResult;

/**
 * How far class counts are from those of a reference, or from declared shares.
 *
 * <p>Against a reference both rows of counts are samples of unknown shares: tests of homogeneity of
 * a 2 × k table. Declared shares are taken as true: tests of goodness of fit. Classes without samples
 * in both take no part.
 *
 * <p>Sources: Pearson, Phil. Mag. 50, 1900; Woolf, Ann. Hum. Genet. 21, 1957 (G); Cramér,
 * Mathematical Methods of Statistics, 1946; Lin, IEEE Trans. Inf. Theory 37, 1991 (Jensen–Shannon);
 * Siddiqi, Credit Risk Scorecards, 2006 (population stability index).
 *
 * @param chiSquared Pearson's statistic, from 0
 * @param g likelihood-ratio statistic, from 0
 * @param degreesOfFreedom classes that take part, less one
 * @param chiSquaredP 0 to 1; 1 without degrees of freedom
 * @param gP likewise
 * @param smallestExpected smallest expected count of the table; the tests are taken as valid from 5
 *     on (Cochran, Biometrics 10, 1954)
 * @param populationStability Σ (q − p) ln(q / p) in nats; a class empty on one side counts as half a
 *     sample there
 * @param jensenShannon square root of the divergence in nats, 0 to 0.833
 * @param cramersV √(χ² / n) of the table, √(χ² / (n (k − 1))) against declared shares; 0 to 1,
 *     and above 1 where many samples are of a class whose declared share is small
 */
record LabelDrift(
    double chiSquared,
    double g,
    int degreesOfFreedom,
    double chiSquaredP,
    double gP,
    double smallestExpected,
    double populationStability,
    double jensenShannon,
    double cramersV) {
  private static final double HALF = 0.5;

  /** Compares counts of the same classes; both have samples. */
  static LabelDrift ofCounts(int[] counts, int[] reference) {
    int[] used =
        IntStream.range(0, counts.length).filter(c -> counts[c] + reference[c] > 0).toArray();
    long[][] table = {pick(counts, used), pick(reference, used)};
    double total = Arrays.stream(table[0]).sum() + Arrays.stream(table[1]).sum();
    double share = Math.min(Arrays.stream(table[0]).sum(), Arrays.stream(table[1]).sum()) / total;
    double smallest =
        IntStream.range(0, used.length)
            .mapToDouble(c -> (table[0][c] + table[1][c]) * share)
            .min()
            .orElse(0);
    boolean tested = used.length > 1;
    SignificanceResult chi = tested ? ChiSquareTest.withDefaults().test(table) : null;
    SignificanceResult g = tested ? GTest.withDefaults().test(table) : null;
    return of(chi, g, used.length - 1, smallest, shares(table[0]), shares(table[1]), total, 1);
  }

  /**
   * Compares counts with declared shares of the same classes.
   *
   * @param shares each above 0, of sum 1
   */
  static LabelDrift ofShares(int[] counts, double[] shares) {
    long[] observed = Arrays.stream(counts).asLongStream().toArray();
    double total = Arrays.stream(observed).sum();
    double[] expected = Arrays.stream(shares).map(share -> share * total).toArray();
    return of(
        ChiSquareTest.withDefaults().test(expected, observed),
        GTest.withDefaults().test(expected, observed),
        counts.length - 1,
        Arrays.stream(expected).min().orElse(0),
        shares(observed),
        shares,
        total,
        counts.length - 1);
  }

  private static LabelDrift of(
      SignificanceResult chi,
      SignificanceResult g,
      int degreesOfFreedom,
      double smallestExpected,
      double[] q,
      double[] p,
      double total,
      int smallerSide) {
    double statistic = chi == null ? 0 : chi.getStatistic();
    return new LabelDrift(
        statistic,
        g == null ? 0 : Math.max(0, g.getStatistic()),
        degreesOfFreedom,
        chi == null ? 1 : chi.getPValue(),
        g == null ? 1 : g.getPValue(),
        smallestExpected,
        populationStability(q, p, total),
        jensenShannon(q, p),
        Math.sqrt(statistic / (total * smallerSide)));
  }

  private static double populationStability(double[] q, double[] p, double total) {
    double sum = 0;
    for (int c = 0; c < q.length; c++) {
      double there = p[c] > 0 ? p[c] : HALF / total;
      double here = q[c] > 0 ? q[c] : HALF / total;
      sum += (here - there) * Math.log(here / there);
    }
    return sum;
  }

  private static double jensenShannon(double[] q, double[] p) {
    double sum = 0;
    for (int c = 0; c < q.length; c++) {
      double middle = (p[c] + q[c]) / 2;
      sum += relativeEntropy(p[c], middle) + relativeEntropy(q[c], middle);
    }
    return Math.sqrt(Math.max(0, sum / 2));
  }

  private static double relativeEntropy(double share, double other) {
    return share == 0 ? 0 : share * Math.log(share / other);
  }

  private static double[] shares(long[] counts) {
    double total = Arrays.stream(counts).sum();
    return Arrays.stream(counts).mapToDouble(count -> count / total).toArray();
  }

  private static long[] pick(int[] counts, int[] used) {
    return IntStream.of(used).mapToLong(c -> counts[c]).toArray();
  }
}
