package dev.hemlock.evaluation.statistics;

import java.math.BigDecimal;
import java.math.MathContext;

/** The level that p values are held against, and how they are printed. */
public final class PValue {
  /** What is below counts as shown: a false alarm in at most one of twenty tests of true nulls. */
  public static final double LEVEL = 0.05;

  private static final double LEAST_PRINTED = 0.0001;
  private static final int DIGITS = 3;

  private PValue() {}

  /**
   * Three significant digits, or as many as it takes to stay on the same side of {@link #LEVEL}; for
   * example {@code p = 0.0312} or {@code p < 0.0001}.
   *
   * @param value 0 to 1
   */
  public static String print(double value) {
    return value < LEAST_PRINTED ? "p < 0.0001" : "p = " + number(value);
  }

  /** The digits alone, also of values below 0.0001. */
  public static String number(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    BigDecimal rounded = exact;
    for (int digits = DIGITS; digits < exact.precision(); digits++) {
      rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() < LEVEL == value < LEVEL) {
        break;
      }
      rounded = exact;
    }
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
