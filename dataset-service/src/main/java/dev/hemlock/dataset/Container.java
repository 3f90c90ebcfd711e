package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Files under relative paths, packed or in a directory, that can be visited as often as wanted.
 * Entry paths are safe, links and special files are refused, and one visit stays within the limits.
 */
interface Container {

  /** Sees each file of one visit, in the container's own order. */
  @FunctionalInterface
  interface Visitor {

    /** The content is valid during the call only and needn't be read to its end. */
    void file(EntryPath path, InputStream content) throws IOException;
  }

  /**
   * Visits every file once.
   *
   * @throws HemlockException INVALID_ARGUMENT when the container is damaged, truncated or unsafe;
   *     RESOURCE_EXHAUSTED when it passes a limit
   */
  void visit(Visitor visitor);

  /**
   * Recognises the container from its first bytes: a directory, tar, tar.gz or zip.
   *
   * @throws HemlockException INVALID_ARGUMENT when it is none of them
   */
  static Container open(Path path, Limits limits) {
    if (Files.isDirectory(path)) {
      return new DirectoryContainer(path, limits);
    }
    try {
      byte[] head = head(path, false);
      if (startsWith(head, 'P', 'K', 3, 4) || startsWith(head, 'P', 'K', 5, 6)) {
        return new ZipContainer(path, limits);
      }
      if (startsWith(head, 0x1f, 0x8b)) {
        if (TarReader.isHeader(head(path, true))) {
          return new TarContainer(path, true, limits);
        }
        throw HemlockException.invalidArgument(
            "The gzip file holds no tar archive. Pack all files of the data set into one tar.gz.");
      }
      if (TarReader.isHeader(head)) {
        return new TarContainer(path, false, limits);
      }
    } catch (IOException e) {
      throw damaged(e);
    }
    throw HemlockException.invalidArgument(
        "The source is no tar, tar.gz or zip archive. Pack the data set as one of these.");
  }

  /** What to say when the bytes of a source can't be read as what they pretend to be. */
  static HemlockException damaged(Exception cause) {
    String detail = cause.getMessage() == null ? "it ends too early" : cause.getMessage();
    return HemlockException.invalidArgument(
        "The archive is truncated or damaged (%s). Copy or pack it again."
            .formatted(EntryPath.quoted(detail)));
  }

  private static byte[] head(Path path, boolean gzip) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(path));
        InputStream in = gzip ? new GZIPInputStream(file) : file) {
      return in.readNBytes(TarReader.BLOCK);
    }
  }

  private static boolean startsWith(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (head.length <= i || (head[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
