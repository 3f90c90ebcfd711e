package dev.hemlock.poison;

/**
 * One label that an attack changes.
 *
 * @param position where the sample stands in its split
 * @param sampleId the stable id of the sample
 * @param from the true class
 * @param to the class it is relabelled as, another one
 */
public record LabelFlip(int position, int sampleId, int from, int to) {
  /** Refuses a flip that changes nothing. */
  public LabelFlip {
    if (from == to) {
      throw new IllegalArgumentException("sample " + sampleId + " keeps its label " + from);
    }
  }
}
