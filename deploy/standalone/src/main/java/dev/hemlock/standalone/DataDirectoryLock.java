package dev.hemlock.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second process away from a data directory. */
final class DataDirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DataDirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock; the operating system frees it when this process ends, however it ends.
   *
   * @throws IOException if another process holds it
   */
  static DataDirectoryLock acquire(Path directory) throws IOException {
    Path file = Files.createDirectories(directory).resolve("lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DataDirectoryLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // Held by this process: the same answer as when held by another one.
    }
    channel.close();
    throw new IOException(
        "Another Hemlock uses "
            + directory
            + ". Stop it, or use its address, or give another --data-dir.");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
