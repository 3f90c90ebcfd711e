package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The share of an attack's eligible samples that it flips.
 *
 * @param value above 0 and at most 1
 */
public record FlipRatio(double value) {
  /** The request field that carries a ratio. */
  static final String FIELD = "spec.budget.class_share";

  private static final MathContext THREE_DIGITS_UP = new MathContext(3, RoundingMode.CEILING);

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
          .violating(FIELD, "must be above 0 and at most 1");
    }
  }

  /**
   * How many of {@code eligible} samples to flip: {@code round(value * eligible)}, halves rounded
   * up. The ratio counts as the decimal number it prints as, so that 0.145 of 100 is 15.
   *
   * @param eligible how many samples could be flipped, from 0
   * @return from 1 to {@code eligible}
   * @throws HemlockException INVALID_ARGUMENT if that is none
   */
  public int countOf(int eligible) {
    if (eligible == 0) {
      throw HemlockException.invalidArgument(
              "The source class has no samples in this split; choose another class or split")
          .violating("spec.attack", "has no samples to flip");
    }
    int count =
        BigDecimal.valueOf(value)
            .multiply(BigDecimal.valueOf(eligible))
            .setScale(0, RoundingMode.HALF_UP)
            .intValueExact();
    if (count == 0) {
      String smallest = smallestFor(eligible).toPlainString();
      throw HemlockException.invalidArgument(
              "A ratio of %s flips none of the %d samples of the source class; the smallest ratio that flips one is %s"
                  .formatted(BigDecimal.valueOf(value), eligible, smallest))
          .with("ratio", Double.toString(value))
          .with("samples", Integer.toString(eligible))
          .with("smallestRatio", smallest)
          .violating(FIELD, "must be at least " + smallest);
    }
    return count;
  }

  /** The smallest ratio of three digits that flips one of {@code eligible} samples, from 1. */
  static BigDecimal smallestFor(int eligible) {
    return BigDecimal.ONE.divide(BigDecimal.valueOf(2L * eligible), THREE_DIGITS_UP);
  }
}
