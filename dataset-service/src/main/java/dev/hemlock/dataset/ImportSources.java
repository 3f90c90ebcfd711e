package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Brings the bytes of an import to the local disk and hashes them, within the size limit. */
@Singleton
public class ImportSources {

  private final Optional<Path> importRoot;
  private final Limits limits;

  ImportSources(DatasetConfig config) {
    this.importRoot = config.importRoot();
    this.limits = config.toLimits();
  }

  /**
   * Spools an upload.
   *
   * @param progress gets the bytes received so far
   * @throws HemlockException RESOURCE_EXHAUSTED when it is too large, INVALID_ARGUMENT when empty
   */
  ImportSource upload(
      String fileName, Iterator<ByteString> chunks, Path directory, LongConsumer progress) {
    Path file = directory.resolve("upload");
    MessageDigest sha256 = Digest.sha256();
    long size = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      while (chunks.hasNext()) {
        ByteString chunk = chunks.next();
        size += chunk.size();
        requireWithin(size);
        sha256.update(chunk.asReadOnlyByteBuffer());
        chunk.writeTo(out);
        progress.accept(size);
      }
    } catch (IOException e) {
      throw Scratch.full(e);
    }
    if (size == 0) {
      throw HemlockException.invalidArgument(
          "The upload is empty. Send the bytes of the archive in chunks after the spec.");
    }
    return new ImportSource(file, fileName, Digest.ofRaw(sha256.digest()), size);
  }

  /**
   * Finds a path under the import root.
   *
   * @throws HemlockException FAILED_PRECONDITION when no root is set, INVALID_ARGUMENT when the path
   *     leads out of it, NOT_FOUND when nothing is there
   */
  ImportSource path(String path, LongConsumer progress) {
    Path found = resolve(path);
    try {
      if (Files.isDirectory(found)) {
        return directory(found, path, progress);
      }
      MessageDigest sha256 = Digest.sha256();
      long size = hash(found, sha256, 0, progress);
      return new ImportSource(found, path, Digest.ofRaw(sha256.digest()), size);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private Path resolve(String path) {
    Path root =
        importRoot.orElseThrow(
            () ->
                HemlockException.failedPrecondition(
                    "This server imports no paths: set hemlock.dataset.import-root to the directory"
                        + " that imports may read, or upload the bytes."));
    try {
      Path realRoot = (Tenant.separated() ? root.resolve(Tenant.current()) : root).toRealPath();
      Path lexical = realRoot.resolve(path).normalize();
      if (Path.of(path).isAbsolute() || !lexical.startsWith(realRoot)) {
        throw outside(path);
      }
      Path real = lexical.toRealPath();
      if (!real.startsWith(realRoot)) {
        throw outside(path);
      }
      if (!Files.isRegularFile(real) && !Files.isDirectory(real)) {
        throw HemlockException.invalidArgument(
            "\"%s\" is neither a file nor a directory.".formatted(EntryPath.quoted(path)));
      }
      return real;
    } catch (InvalidPathException e) {
      throw outside(path);
    } catch (NoSuchFileException e) {
      throw HemlockException.notFound(
          "There is no \"%s\" under the import root.".formatted(EntryPath.quoted(path)));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The digest of what {@code sha256sum} would print about the files, sorted by path. */
  private ImportSource directory(Path root, String path, LongConsumer progress) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files =
          walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .limit(limits.entries() + 1L)
              .sorted()
              .toList();
    }
    MessageDigest listing = Digest.sha256();
    long size = 0;
    for (Path file : files) {
      MessageDigest sha256 = Digest.sha256();
      size = hash(file, sha256, size, progress);
      String line = Digest.ofRaw(sha256.digest()).hex() + "  " + root.relativize(file) + "\n";
      listing.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return new ImportSource(root, path, Digest.ofRaw(listing.digest()), size);
  }

  private long hash(Path file, MessageDigest sha256, long before, LongConsumer progress)
      throws IOException {
    long size = before;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
        size += n;
        requireWithin(size);
        progress.accept(size);
      }
    }
    return size;
  }

  private void requireWithin(long size) {
    if (size > limits.sourceBytes()) {
      throw HemlockException.resourceExhausted(
          ("The source has more than %d bytes. Import less at a time, or raise"
                  + " hemlock.dataset.limits.source-bytes.")
              .formatted(limits.sourceBytes()));
    }
  }

  private static HemlockException outside(String path) {
    return HemlockException.invalidArgument(
        "\"%s\" leads out of the import root. Give a path relative to it."
            .formatted(EntryPath.quoted(path)));
  }

  private static HemlockException unreadable(String path, IOException e) {
    return HemlockException.invalidArgument(
            "\"%s\" can't be read by the server. Check its permissions."
                .formatted(EntryPath.quoted(path)))
        .because(e);
  }
}
