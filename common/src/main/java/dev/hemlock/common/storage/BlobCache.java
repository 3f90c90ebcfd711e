package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Verified local copies of blobs. A copy gets its name only once it is complete, so processes may
 * share the directory; each process hashes a copy once before it uses it.
 */
final class BlobCache {
  /** Copies used more recently than this stay, so that their users have time to open them. */
  private static final Duration GRACE = Duration.ofMinutes(5);

  private static final String UNFINISHED = ".part";

  private final Path directory;
  private final long maxBytes;
  private final Map<Path, Long> verified = new ConcurrentHashMap<>();
  private final Object[] locks = Stream.generate(Object::new).limit(64).toArray();

  BlobCache(Path directory, long maxBytes) {
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  Path file(String tenant, Digest digest, Supplier<InputStream> download) {
    Path copy =
        directory.resolve(tenant).resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
    synchronized (locks[Math.floorMod(digest.hashCode(), locks.length)]) {
      try {
        if (!isVerified(copy, digest)) {
          fetch(copy, digest, download);
          evict();
        }
        return copy;
      } catch (IOException e) {
        throw HemlockException.unavailable(
                "Could not keep a copy of %s in %s (%s); make room or set hemlock.storage.cache-dir"
                    .formatted(digest, directory, e.getMessage()))
            .because(e);
      }
    }
  }

  private boolean isVerified(Path copy, Digest digest) throws IOException {
    try {
      long size = Files.size(copy);
      if (!Long.valueOf(size).equals(verified.get(copy))) {
        if (!Digest.of(copy).equals(digest)) {
          Files.deleteIfExists(copy);
          return false;
        }
        verified.put(copy, size);
      }
      Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
      return true;
    } catch (NoSuchFileException e) {
      verified.remove(copy);
      return false;
    }
  }

  private void fetch(Path copy, Digest digest, Supplier<InputStream> download) throws IOException {
    OwnerOnly.createDirectories(copy.getParent());
    Path part = Files.createTempFile(copy.getParent(), digest.hex(), UNFINISHED);
    try {
      MessageDigest sha256 = Digest.sha256();
      long size = download(download, part, sha256);
      if (!Digest.ofRaw(sha256.digest()).equals(digest)) {
        throw BlobStore.damaged(digest);
      }
      Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
      verified.put(copy, size);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static long download(Supplier<InputStream> download, Path part, MessageDigest sha256)
      throws IOException {
    try (InputStream in = download.get();
        OutputStream out = new DigestOutputStream(Files.newOutputStream(part), sha256)) {
      byte[] buffer = new byte[1 << 16];
      long size = 0;
      for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
        out.write(buffer, 0, n);
        size += n;
      }
      return size;
    }
  }

  private static int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw HemlockException.unavailable(
              "The object store broke off while a blob was read (" + e.getMessage() + ")")
          .because(e);
    }
  }

  private void evict() throws IOException {
    List<Copy> copies = copies();
    long excess = copies.stream().mapToLong(Copy::size).sum() - maxBytes;
    Instant recent = Instant.now().minus(GRACE);
    for (Copy copy : copies.stream().sorted(Comparator.comparing(Copy::lastUsed)).toList()) {
      if (excess <= 0 || copy.lastUsed().isAfter(recent)) {
        return;
      }
      Files.deleteIfExists(copy.path());
      verified.remove(copy.path());
      excess -= copy.size();
    }
  }

  private List<Copy> copies() throws IOException {
    List<Copy> copies = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes file) {
            copies.add(new Copy(path, file.size(), file.lastModifiedTime().toInstant()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException gone) {
            // Another thread or process has finished or evicted it meanwhile.
            return FileVisitResult.CONTINUE;
          }
        });
    return copies;
  }

  private record Copy(Path path, long size, Instant lastUsed) {}
}
