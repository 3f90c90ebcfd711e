package dev.hemlock.poison;

import java.util.Map;

/**
 * What a scoring model gives for samples of a split: logits or features.
 *
 * @param rows one row a sample, by its position in the split
 */
record ModelOutputs(Map<Integer, float[]> rows) {
  /** For attacks that no model scores. */
  static final ModelOutputs NONE = new ModelOutputs(Map.of());

  float[] of(int position) {
    return rows.get(position);
  }
}
