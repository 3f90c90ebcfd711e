package dev.hemlock.dataset;

/**
 * Where a snapshot comes from.
 *
 * @param parent the snapshot it was derived from; empty after an import
 * @param transformation {@code import}, {@code subset} or {@code relabel}
 * @param parametersJson the parameters as protobuf JSON
 * @param source a file name or {@code bundled:digits}; empty when derived
 * @param sourceDigest {@code sha256:{hex}} of the source bytes; empty when derived
 */
record Origin(
    String parent,
    String transformation,
    String parametersJson,
    String source,
    String sourceDigest) {}
