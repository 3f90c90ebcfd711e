package dev.hemlock.evaluation.statistics;

import java.util.BitSet;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * McNemar's exact test of two models on the same samples. Of the samples that only one model hits,
 * were both models alike, each would belong to either with probability 1/2; p is the two-sided
 * binomial probability of a split at least as uneven. It speaks of new samples for these two models,
 * not of other seeds.
 *
 * <p>Sources: McNemar, "Note on the sampling error of the difference between correlated proportions
 * or percentages", Psychometrika 12, 1947; Dietterich, "Approximate statistical tests for comparing
 * supervised classification learning algorithms", Neural Computation 10, 1998.
 *
 * @param cleanOnly samples that only the clean model hits
 * @param poisonedOnly samples that only the poisoned model hits
 * @param pValue 0 to 1; 1 if there are no such samples
 */
public record McNemar(int cleanOnly, int poisonedOnly, double pValue) {
  private static final double EVEN = 0.5;

  /** Tests two counts from 0. */
  public static McNemar of(int cleanOnly, int poisonedOnly) {
    int discordant = cleanOnly + poisonedOnly;
    double p =
        discordant == 0
            ? 1
            : BinomialTest.withDefaults().test(discordant, poisonedOnly, EVEN).getPValue();
    return new McNemar(cleanOnly, poisonedOnly, Math.min(1, p));
  }

  /** Tests the sets of samples that each model hits. */
  public static McNemar of(BitSet clean, BitSet poisoned) {
    return of(without(clean, poisoned), without(poisoned, clean));
  }

  private static int without(BitSet set, BitSet other) {
    BitSet rest = (BitSet) set.clone();
    rest.andNot(other);
    return rest.cardinality();
  }
}
