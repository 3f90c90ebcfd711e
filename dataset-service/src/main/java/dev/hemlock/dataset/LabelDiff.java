package dev.hemlock.dataset;

import java.util.List;

/** A page of label differences and the number of all of them. */
record LabelDiff(List<Change> changes, int total, String nextToken) {

  /** One sample whose label differs. */
  record Change(String split, int sampleId, String fromClass, String toClass) {}
}
