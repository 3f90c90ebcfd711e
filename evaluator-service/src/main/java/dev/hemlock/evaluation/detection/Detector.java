package dev.hemlock.evaluation.detection;

/**
 * Judges labels by evidence, without knowing which of them were flipped.
 *
 * @param <E> the evidence, one row a sample in the order of the labels
 */
public interface Detector<E> {
  /**
   * Judges every label.
   *
   * @throws IllegalArgumentException if labels and evidence are not of the same samples and classes
   */
  Suspicion judge(GivenLabels labels, E evidence);
}
