package dev.hemlock.dataset;

import java.util.List;

/** Class counts of a snapshot, and the bytes of its image shards. */
record Statistics(String snapshot, List<OfSplit> splits, long imageBytes) {

  /** Class counts of one split, ordered as the class names. */
  record OfSplit(String name, int sampleCount, List<Integer> classCounts) {}
}
