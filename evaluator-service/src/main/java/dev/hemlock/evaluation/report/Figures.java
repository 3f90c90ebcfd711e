package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.training.v1.Architecture;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Shares and differences of shares, 0 to 1 or −1 to 1, as a reader wants them. */
final class Figures {
  private static final String NONE = "–";
  private static final int MOST_DECIMALS = 9;
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  private Figures() {}

  /** A share as a percentage, for example {@code 96.1 %}; rounding never makes it 0. */
  static String percent(double share) {
    return Double.isFinite(share) ? visible(share * 100).toPlainString() + "\u00a0%" : NONE;
  }

  /** A chosen share to four digits, none needless, for example {@code 40 %} or {@code 2.469 %}. */
  static String chosenPercent(double share) {
    BigDecimal percent = BigDecimal.valueOf(share * 100).round(FOUR_DIGITS).stripTrailingZeros();
    return (percent.signum() == 0 ? "0" : percent.toPlainString()) + "\u00a0%";
  }

  /** A difference in percentage points with its sign, for example {@code +23.4}. */
  static String points(double difference) {
    return Double.isFinite(difference) ? signed(visible(difference * 100)) : NONE;
  }

  /** A mean difference as it is cited, for example {@code +23.4 pp [+12.0, +34.8]}. */
  static String cited(Estimate estimate, boolean hasInterval) {
    String mean = points(estimate.getEstimate()) + "\u00a0pp";
    return hasInterval ? mean + " " + interval(estimate) : mean;
  }

  /** A mean share as it is cited, for example {@code 96.1 % [93.0 %, 99.2 %]}. */
  static String citedShare(Estimate estimate, boolean hasInterval) {
    String mean = percent(estimate.getEstimate());
    return hasInterval
        ? "%s [%s, %s]".formatted(mean, percent(estimate.getLow()), percent(estimate.getHigh()))
        : mean;
  }

  /** The interval of a mean difference, for example {@code [+12.0, +34.8]}. */
  static String interval(Estimate estimate) {
    return interval(estimate.getLow(), estimate.getHigh());
  }

  /** Two ends of a difference in percentage points, for example {@code [+12.0, +34.8]}. */
  static String interval(double low, double high) {
    return "[" + points(low) + ", " + points(high) + "]";
  }

  /** The percentage of a matrix cell in at most four characters, for example {@code 97}, {@code 2.4}. */
  static String cell(double share) {
    return rounded(share * 100, Math.abs(share) < 0.0995 ? 1 : 0).toPlainString();
  }

  /** The difference of a matrix cell in whole points, for example {@code −23}; empty around 0. */
  static String cellDifference(double difference) {
    BigDecimal points = rounded(difference * 100, 0);
    return points.signum() == 0 ? "" : signed(points);
  }

  /** A number without needless digits, at most four decimals. */
  static String plain(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    BigDecimal rounded = rounded(value, 4).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }

  /** The name of a network as users type it, for example {@code resnet18}. */
  static String name(Architecture architecture) {
    return architecture.name().replaceFirst("^ARCHITECTURE_", "").toLowerCase(Locale.ROOT);
  }

  /** A count with its noun, for example {@code 1 seed} or {@code 5 seeds}. */
  static String counted(int count, String noun) {
    return count + "\u00a0" + noun + (count == 1 ? "" : "s");
  }

  /** One decimal, or as many as it takes for a value to differ from 0. */
  private static BigDecimal visible(double value) {
    BigDecimal oneDecimal = rounded(value, 1);
    BigDecimal shown = oneDecimal;
    for (int decimals = 2; shown.signum() == 0 && decimals < MOST_DECIMALS; decimals++) {
      shown = rounded(value, decimals);
    }
    return shown.signum() == 0 ? oneDecimal : shown;
  }

  private static BigDecimal rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
  }

  private static String signed(BigDecimal value) {
    return switch (value.signum()) {
      case 1 -> "+" + value.toPlainString();
      case -1 -> "−" + value.negate().toPlainString();
      default -> value.abs().toPlainString();
    };
  }
}
