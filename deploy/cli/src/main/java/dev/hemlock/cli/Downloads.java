package dev.hemlock.cli;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.function.Function;

/** Writes streamed bytes to files. */
final class Downloads {
  private Downloads() {}

  /**
   * Makes sure that files can be written into a folder, before the work whose result they are.
   *
   * @throws CliException if they can't
   */
  static void requireFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CliException("Could not create the folder " + folder + ": " + e, e);
    }
    if (!Files.isWritable(folder)) {
      throw new CliException("The folder " + folder + " can't be written to; choose another.");
    }
  }

  /** Writes a stream to a file, which appears only when it is whole. */
  static <T> Path write(Path file, Iterator<T> chunks, Function<T, ByteString> bytes) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try {
        try (OutputStream out = Files.newOutputStream(part)) {
          while (chunks.hasNext()) {
            bytes.apply(chunks.next()).writeTo(out);
          }
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
      return file;
    } catch (IOException e) {
      throw new CliException("Could not write " + file + ": " + e, e);
    }
  }
}
