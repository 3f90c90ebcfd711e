package dev.hemlock.poison;

import java.util.OptionalInt;

/**
 * One flip that was chosen elsewhere.
 *
 * @param sampleId the stable id of the sample
 * @param from the label that the sample must have; empty: any
 * @param to the class that it is relabelled as
 */
public record ExplicitFlip(int sampleId, OptionalInt from, int to) {}
