package dev.hemlock.evaluation.statistics;

/**
 * Two one-sided paired t tests (TOST) of whether a mean difference lies within a margin: p is the
 * larger of the p values of "mean ≤ −margin" and "mean ≥ margin". Below 0.05, both are refused at
 * once, and the 90 % t interval lies within the margin. Not to see a difference shows nothing; this
 * test is what can show that there is hardly one.
 *
 * <p>Source: Schuirmann, "A comparison of the two one-sided tests procedure and the power approach
 * for assessing the equivalence of average bioavailability", J. Pharmacokin. Biopharm. 15, 1987.
 *
 * @param margin above 0 to 1, chosen before the differences were seen
 * @param pValue 0 to 1; 1 for a single difference and for differences without spread
 */
public record Equivalence(double margin, double pValue) {
  public Equivalence {
    if (!(margin > 0 && margin <= 1)) {
      throw new IllegalArgumentException("margin " + margin + " is not above 0 and at most 1");
    }
  }

  /** Tests paired differences of shares, each -1 to 1. */
  public static Equivalence of(double[] differences, double margin) {
    return new Equivalence(
        margin,
        Math.max(StudentT.isAbove(differences, -margin), StudentT.isBelow(differences, margin)));
  }

  /** Whether the mean is shown to lie within the margin. */
  public boolean shown() {
    return pValue < PValue.LEVEL;
  }
}
