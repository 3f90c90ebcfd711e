package dev.hemlock.dataset;

import dev.hemlock.common.storage.Digest;
import java.nio.file.Path;

/**
 * Bytes to import, on the local disk.
 *
 * @param path a file or a directory
 * @param label what the provenance calls it
 * @param digest of the bytes, or of the list of files and their digests for a directory
 * @param size bytes
 */
record ImportSource(Path path, String label, Digest digest, long size) {}
