package dev.hemlock.evaluation.detection;

/**
 * What one model, trained on the suspected labels, makes of its training samples.
 *
 * @param features the inputs of the last layer
 * @param predicted the class it reads each sample as
 */
@SuppressWarnings("ArrayRecordComponent")
public record Activations(Matrix features, int[] predicted) {
  public Activations {
    if (features.rows() != predicted.length) {
      throw new IllegalArgumentException("Every sample has features and a predicted class");
    }
  }
}
