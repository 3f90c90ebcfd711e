package dev.hemlock.evaluation.detection;

import java.util.Arrays;

/**
 * A mixture of two normal distributions in one dimension, fitted by expectation maximisation from the
 * halves below and above the middle of the range, after the values were brought to the range 0 to 1.
 * Variances are increased by 0.0005, as in DivideMix, so that equal values can't collapse one.
 */
final class NormalMixture {
  private static final double EXTRA_VARIANCE = 5e-4;
  private static final double TOLERANCE = 1e-9;
  private static final int MOST_ROUNDS = 1_000;

  private final double smallest;
  private final double range;
  private final double[] weights = new double[2];
  private final double[] means = new double[2];
  private final double[] variances = new double[2];

  private NormalMixture(double smallest, double range) {
    this.smallest = smallest;
    this.range = range;
  }

  /** Fits some values. If all are equal, nothing belongs to the upper component. */
  static NormalMixture ofUnitRange(double[] values) {
    double smallest = Arrays.stream(values).min().orElse(0);
    double range = Arrays.stream(values).max().orElse(0) - smallest;
    NormalMixture mixture = new NormalMixture(smallest, range);
    if (range > 0) {
      mixture.fit(Arrays.stream(values).map(mixture::unit).toArray());
    }
    return mixture;
  }

  /** The probability that a value belongs to the component with the larger mean. */
  double probabilityOfUpper(double value) {
    return range > 0 ? probabilityOfSecond(unit(value)) : 0;
  }

  private double unit(double value) {
    return (value - smallest) / range;
  }

  private void fit(double[] values) {
    double[] second = Arrays.stream(values).map(x -> x > 0.5 ? 1 : 0).toArray();
    double before = Double.NEGATIVE_INFINITY;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      maximise(values, second);
      double likelihood = 0;
      for (int i = 0; i < values.length; i++) {
        likelihood += logDensity(values[i]) / values.length;
        second[i] = probabilityOfSecond(values[i]);
      }
      if (likelihood - before < TOLERANCE) {
        break;
      }
      before = likelihood;
    }
    if (means[0] > means[1]) {
      swap(weights);
      swap(means);
      swap(variances);
    }
  }

  private void maximise(double[] values, double[] second) {
    for (int component = 0; component < 2; component++) {
      double weight = 1e-12;
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < values.length; i++) {
        double share = component == 0 ? 1 - second[i] : second[i];
        weight += share;
        sum += share * values[i];
        squares += share * values[i] * values[i];
      }
      means[component] = sum / weight;
      variances[component] =
          Math.max(0, squares / weight - means[component] * means[component]) + EXTRA_VARIANCE;
      weights[component] = weight / values.length;
    }
  }

  private double probabilityOfSecond(double x) {
    return 1 / (1 + Math.exp(logWeighted(0, x) - logWeighted(1, x)));
  }

  private double logDensity(double x) {
    double first = logWeighted(0, x);
    double second = logWeighted(1, x);
    double top = Math.max(first, second);
    return top + Math.log(Math.exp(first - top) + Math.exp(second - top));
  }

  private double logWeighted(int component, double x) {
    double distance = x - means[component];
    return Math.log(weights[component])
        - 0.5 * Math.log(2 * Math.PI * variances[component])
        - distance * distance / (2 * variances[component]);
  }

  private static void swap(double[] pair) {
    double first = pair[0];
    pair[0] = pair[1];
    pair[1] = first;
  }
}
