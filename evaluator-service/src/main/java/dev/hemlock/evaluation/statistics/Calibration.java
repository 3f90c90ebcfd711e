package dev.hemlock.evaluation.statistics;

/**
 * The expected calibration error: how far a model's confidence, the softmax probability of its
 * prediction, is from how often it is right. Samples go into 15 bins of equal width by confidence,
 * bin m taking those in ((m − 1)/15, m/15]; the error is Σ (n_m / n) · |accuracy_m − confidence_m|.
 *
 * <p>Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017,
 * equation 3.
 */
public final class Calibration {
  private static final int BINS = 15;

  private final int[] counts = new int[BINS];
  private final int[] rights = new int[BINS];
  private final double[] confidences = new double[BINS];

  /**
   * Counts one sample.
   *
   * @param confidence above 0 to 1
   * @param right whether the prediction was right
   */
  public void add(double confidence, boolean right) {
    int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(confidence * BINS) - 1));
    counts[bin]++;
    rights[bin] += right ? 1 : 0;
    confidences[bin] += confidence;
  }

  /** The error over the samples so far, 0 to 1; 0 without any. */
  public double error() {
    double gaps = 0;
    int total = 0;
    for (int bin = 0; bin < BINS; bin++) {
      gaps += Math.abs(rights[bin] - confidences[bin]);
      total += counts[bin];
    }
    return total == 0 ? 0 : gaps / total;
  }
}
