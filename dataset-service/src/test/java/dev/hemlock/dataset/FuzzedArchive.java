package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads an archive that a fuzzer made, and holds what it gives to the limits. */
final class FuzzedArchive {
  private static final Limits LIMITS =
      new Limits(1 << 20, 50, 1 << 20, 100, 1 << 16, 10_000, 1 << 20);

  private FuzzedArchive() {}

  /** A file of an archive; the content's bytes as characters. */
  record Packed(String path, String content) {
    Packed(EntryPath path, byte[] content) {
      this(path.toString(), new String(content, StandardCharsets.ISO_8859_1));
    }
  }

  /** The files in the archive; nothing if it is refused. */
  static Optional<List<Packed>> read(Path folder, byte[] archive) throws IOException {
    Path file = Files.write(folder.resolve("archive"), archive);
    List<Packed> found = new ArrayList<>();
    long[] bytes = {0};
    try {
      Container.open(file, LIMITS)
          .visit(
              (path, content) -> {
                if (!path.parts().isEmpty()) {
                  assertThat(EntryPath.parse(path.toString())).isEqualTo(path);
                }
                Packed packed = new Packed(path, content.readAllBytes());
                bytes[0] += packed.content().length();
                found.add(packed);
              });
    } catch (HemlockException e) {
      if (e.reason() != Reason.INVALID_ARGUMENT && e.reason() != Reason.RESOURCE_EXHAUSTED) {
        throw e;
      }
      return Optional.empty();
    } finally {
      assertThat(found.size()).isLessThanOrEqualTo(LIMITS.entries());
      assertThat(bytes[0]).isLessThanOrEqualTo(LIMITS.unpackedBytes());
    }
    return Optional.of(found);
  }
}
