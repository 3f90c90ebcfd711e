package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A share of samples to flip.
 *
 * @param value above 0 and at most 1
 * @param field the request field that carries it, for errors
 */
public record FlipRatio(double value, String field) {
  private static final MathContext THREE_DIGITS_UP = new MathContext(3, RoundingMode.CEILING);
  private static final MathContext THREE_DIGITS_DOWN = new MathContext(3, RoundingMode.FLOOR);

  /**
   * Refuses what is not a share.
   *
   * @throws HemlockException INVALID_ARGUMENT unless {@code 0 < value <= 1}
   */
  public FlipRatio {
    if (!(value > 0 && value <= 1)) {
      throw HemlockException.invalidArgument(
              "The ratio of labels to flip is " + value + "; give a number above 0 and at most 1")
          .with("ratio", Double.toString(value))
          .violating(field, "must be above 0 and at most 1");
    }
  }

  /**
   * How many of {@code samples} to flip: {@code unit * round(value * samples / unit)}, halves
   * rounded up. The ratio counts as the decimal number it prints as, so that 0.145 of 100 is 15.
   *
   * @param samples what the ratio is a share of, at least the eligible ones
   * @param scope with at least one eligible sample
   * @return from 1 to {@code scope.eligible()}, a multiple of its unit
   * @throws HemlockException INVALID_ARGUMENT if that is none, or more than the eligible samples
   */
  int flips(int samples, FlipScope scope) {
    long flips = (long) scope.unit() * units(samples, scope.unit());
    if (flips == 0) {
      String smallest = smallestFor(samples, scope.unit()).toPlainString();
      throw refused(
          "A ratio of %s flips none of %d samples; the smallest ratio that flips any is %s"
              .formatted(BigDecimal.valueOf(value), samples, smallest),
          samples,
          "must be at least " + smallest);
    }
    if (flips > scope.eligible()) {
      String largest = largestFor(samples, scope.eligible()).toPlainString();
      throw refused(
          "A ratio of %s of %d samples asks for %d flips, but the attack can flip only %d labels of this split; give a ratio of at most %s"
              .formatted(BigDecimal.valueOf(value), samples, flips, scope.eligible(), largest),
          samples,
          "must be at most " + largest);
    }
    return (int) flips;
  }

  private long units(int samples, int unit) {
    return BigDecimal.valueOf(value)
        .multiply(BigDecimal.valueOf(samples))
        .divide(BigDecimal.valueOf(unit))
        .setScale(0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  /** The smallest ratio of three digits that flips one unit of {@code samples}, from 1. */
  static BigDecimal smallestFor(int samples, int unit) {
    return BigDecimal.valueOf(unit).divide(BigDecimal.valueOf(2L * samples), THREE_DIGITS_UP);
  }

  /** A ratio of three digits that flips at most {@code eligible} of {@code samples}. */
  static BigDecimal largestFor(int samples, int eligible) {
    return BigDecimal.valueOf(eligible).divide(BigDecimal.valueOf(samples), THREE_DIGITS_DOWN);
  }

  private HemlockException refused(String message, int samples, String rule) {
    return HemlockException.invalidArgument(message)
        .with("ratio", Double.toString(value))
        .with("samples", Integer.toString(samples))
        .violating(field, rule);
  }
}
