package dev.hemlock.common.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedOutputTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, (1 << 20) - 1, 1 << 20, (2 << 20) + 5})
  void handsOnAFileInFullChunksButTheLast(int size) throws Exception {
    // Given
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Path file = Files.write(directory.resolve("file"), bytes);
    List<ByteString> chunks = new ArrayList<>();

    // When
    ChunkedOutput.copy(file, chunks::add);

    // Then
    assertThat(ByteString.copyFrom(chunks).toByteArray()).isEqualTo(bytes);
    assertThat(chunks).hasSize((size + (1 << 20) - 1) >> 20);
  }
}
