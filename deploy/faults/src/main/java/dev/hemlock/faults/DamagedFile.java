package dev.hemlock.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The largest of the files in which MinIO keeps an object, with flipped bits near its end. */
final class DamagedFile {
  private final Path file;
  private final byte[] whole;

  private DamagedFile(Path file, byte[] whole) {
    this.file = file;
    this.whole = whole;
  }

  static DamagedFile of(Cluster cluster, String key) throws IOException {
    try (Stream<Path> files = Files.walk(cluster.storeData().resolve(key))) {
      Path largest =
          files
              .filter(Files::isRegularFile)
              .max(Comparator.comparingLong(path -> path.toFile().length()))
              .orElseThrow();
      DamagedFile damaged = new DamagedFile(largest, Files.readAllBytes(largest));
      byte[] bytes = damaged.whole.clone();
      for (int i = bytes.length * 3 / 4; i < bytes.length * 3 / 4 + 16; i++) {
        bytes[i] ^= 0x55;
      }
      Files.write(largest, bytes);
      return damaged;
    }
  }

  void restore() throws IOException {
    Files.write(file, whole);
  }
}
