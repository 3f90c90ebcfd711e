package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.dataset.FuzzedArchive.Packed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipFuzzTest {
  @TempDir Path folder;

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(ZipFuzzTest.class, 1000, this::holds);
  }

  /** An archive is refused, or holds the contents that the JDK finds in it, if it does. */
  @FuzzTest
  void holds(byte[] input) throws IOException {
    // When
    Optional<List<Packed>> files = FuzzedArchive.read(folder, input);

    // Then
    if (files.isPresent()) {
      List<String> contents = files.get().stream().map(Packed::content).toList();
      reference().ifPresent(o -> assertThat(contents).containsExactlyInAnyOrderElementsOf(o));
    }
  }

  private Optional<List<String>> reference() {
    List<String> contents = new ArrayList<>();
    try (ZipFile zip = new ZipFile(folder.resolve("archive").toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (!entry.isDirectory()) {
          try (InputStream in = zip.getInputStream(entry)) {
            contents.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
    return Optional.of(contents);
  }
}
