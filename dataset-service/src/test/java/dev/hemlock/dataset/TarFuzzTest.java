package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.dataset.FuzzedArchive.Packed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarFuzzTest {
  private static final int CHECKSUM = 148;
  private static final int MAGIC = 257;
  private static final int DUMP = 'D';

  @TempDir Path folder;

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(TarFuzzTest.class, 1000, this::holds);
  }

  /** An archive is refused, or holds the files that Commons Compress finds in it, if it does. */
  @FuzzTest
  void holds(byte[] input) throws IOException {
    // Given
    byte[] archive = withRightChecksums(input);

    // When
    Optional<List<Packed>> files = FuzzedArchive.read(folder, archive);

    // Then
    if (files.isPresent() && TarReader.isHeader(java.util.Arrays.copyOf(archive, 512))) {
      reference(archive).ifPresent(others -> assertThat(files.get()).isEqualTo(others));
    }
  }

  /** No fuzzer guesses checksums. */
  private static byte[] withRightChecksums(byte[] input) {
    byte[] archive = input.clone();
    for (int at = 0; at + TarReader.BLOCK <= archive.length; at += TarReader.BLOCK) {
      if (new String(archive, at + MAGIC, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
        int sum = 0;
        for (int i = 0; i < TarReader.BLOCK; i++) {
          sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : archive[at + i] & 0xff;
        }
        byte[] digits = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, archive, at + CHECKSUM, digits.length);
      }
    }
    return archive;
  }

  private static Optional<List<Packed>> reference(byte[] archive) {
    List<Packed> files = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8")) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        if (!entry.isDirectory() && entry.getLinkFlag() != DUMP) {
          files.add(new Packed(EntryPath.parse(entry.getName()), tar.readAllBytes()));
        }
      }
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
    return Optional.of(files);
  }
}
