package dev.hemlock.common.storage;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories that other users of the machine can't look into. */
public final class OwnerOnly {
  private static final FileAttribute<?>[] PRIVATE =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
          ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
          }
          : new FileAttribute<?>[0];

  private OwnerOnly() {}

  /** Makes a directory and its missing parents; one that is there keeps its permissions. */
  public static Path createDirectories(Path directory) throws IOException {
    return Files.createDirectories(directory, PRIVATE);
  }
}
