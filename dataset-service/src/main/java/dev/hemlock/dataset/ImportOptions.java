package dev.hemlock.dataset;

import dev.hemlock.common.storage.Digest;
import java.util.Optional;

/**
 * How a source is to be read.
 *
 * @param format what the caller says it is
 * @param resize what to do with images of unequal size
 * @param split how to split what has no test split
 * @param expectedDigest what the source bytes must have
 * @param json all of it as protobuf JSON, for the provenance
 */
record ImportOptions(
    Optional<Format> format,
    Optional<Resize> resize,
    SplitPolicy split,
    Optional<Digest> expectedDigest,
    String json) {}
