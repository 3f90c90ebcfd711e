package dev.hemlock.dataset;

/**
 * What an import may cost. Every limit is checked before the cost arises.
 *
 * @param sourceBytes bytes of the source as it comes
 * @param entries files and folders in an archive or a directory
 * @param unpackedBytes bytes of all entries together, unpacked
 * @param compressionRatio unpacked bytes a source byte, checked above 16 MiB unpacked
 * @param imageFileBytes bytes of one JPEG or PNG file
 * @param imagePixels pixels of one JPEG or PNG image, before any resize
 * @param decodedBytes bytes of all images together, decoded and resized
 */
record Limits(
    long sourceBytes,
    int entries,
    long unpackedBytes,
    int compressionRatio,
    int imageFileBytes,
    int imagePixels,
    long decodedBytes) {

  /** Unpacked bytes that any source may have whatever its compression ratio. */
  static final long RATIO_FLOOR = 16L << 20;

  /** The defaults of {@link DatasetConfig.LimitsConfig}. */
  static final Limits DEFAULT =
      new Limits(8L << 30, 500_000, 32L << 30, 200, 32 << 20, 25_000_000, 32L << 30);
}
