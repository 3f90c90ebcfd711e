package dev.hemlock.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder on a small disk of its own where this user may mount one; it can be filled up. */
final class Disk {
  private final Path folder;
  private final boolean mounted;

  private Disk(Path folder, boolean mounted) {
    this.folder = folder;
    this.mounted = mounted;
  }

  static Disk of(Path folder, int megabytes) throws IOException {
    Files.createDirectories(folder);
    int status = command("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder);
    return new Disk(folder, status == 0);
  }

  Path folder() {
    return folder;
  }

  /** Whether it is small enough to be filled. */
  boolean canBeFilled() {
    return mounted;
  }

  void fill() {
    byte[] chunk = new byte[1 << 16];
    for (int size = chunk.length; size > 0; size /= 4) {
      append(chunk, size);
    }
  }

  private void append(byte[] chunk, int size) {
    try (OutputStream out =
        Files.newOutputStream(
            ballast(),
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.APPEND)) {
      while (true) {
        out.write(chunk, 0, size);
      }
    } catch (IOException e) {
      // No space left: that is what was wanted.
    }
  }

  void makeRoom() {
    try {
      Files.deleteIfExists(ballast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  void unmount() {
    if (mounted) {
      command("umount", "-l", folder);
    }
  }

  private static int command(Object... words) {
    try {
      return new ProcessBuilder(
              java.util.Arrays.stream(words).map(Object::toString).toArray(String[]::new))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return 1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
