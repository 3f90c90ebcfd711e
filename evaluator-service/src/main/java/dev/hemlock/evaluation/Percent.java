package dev.hemlock.evaluation;

import java.math.BigDecimal;
import java.util.Locale;

/** Prints shares and their differences for people, so that rounding never turns a value into 0. */
final class Percent {
  private static final int MOST_DECIMALS = 9;

  private Percent() {}

  /** A share as percent, for example {@code 23.4 %}. */
  static String share(double value) {
    return points(value) + " %";
  }

  /** A share or a difference of shares in percentage points, for example {@code -2.1}. */
  static String points(double value) {
    double points = 100 * value;
    for (int decimals = 1; decimals < MOST_DECIMALS; decimals++) {
      String text = String.format(Locale.ROOT, "%." + decimals + "f", points);
      if (Double.parseDouble(text) != 0) {
        return text;
      }
    }
    return "0.0";
  }

  /** A share as percent without needless zeros, for example {@code 40 %}. */
  static String exact(double value) {
    return exactPoints(value) + " %";
  }

  /** A share in percentage points without needless zeros, for example {@code 2}. */
  static String exactPoints(double value) {
    return BigDecimal.valueOf(value).movePointRight(2).stripTrailingZeros().toPlainString();
  }

  /** The interval of an estimate in percentage points, for example {@code -1.0 to 3.2}. */
  static String interval(Estimate estimate) {
    return points(estimate.low()) + " to " + points(estimate.high());
  }
}
