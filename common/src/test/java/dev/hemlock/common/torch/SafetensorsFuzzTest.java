package dev.hemlock.common.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.common.images.ImageShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SafetensorsFuzzTest {
  /** Of the smallest network; few inputs fit it, and each that doesn't must be refused. */
  private static final Network NETWORK =
      Network.of(Architecture.SMALLCNN, new ImageShape(8, 8, 1), 2);

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(SafetensorsFuzzTest.class, 1000, this::holds);
  }

  /**
   * A file is refused, or its tensors make up all of it, are read again from what they are written
   * as, and reach a network only if they are exactly the network's.
   */
  @FuzzTest
  void holds(byte[] input) {
    // Given
    ByteBuffer file = withRightLength(input);

    // When
    Safetensors read;
    try {
      read = Safetensors.read(file);
    } catch (HemlockException e) {
      refused(e);
      return;
    }

    // Then
    long tensorBytes = read.tensors().values().stream().mapToLong(t -> t.data().capacity()).sum();
    assertThat(tensorBytes).isEqualTo(file.capacity() - Long.BYTES - file.getLong(0));
    Safetensors again = Safetensors.read(ByteBuffer.wrap(read.bytes()));
    assertThat(List.copyOf(again.tensors().keySet()))
        .isEqualTo(List.copyOf(read.tensors().keySet()));
    assertThat(again).isEqualTo(read);
    fits(read);
  }

  private static void fits(Safetensors read) {
    List<String> names = new ArrayList<>(NETWORK.counters());
    Stream.concat(NETWORK.parameters().stream(), NETWORK.buffers().stream())
        .forEach(tensor -> names.add(tensor.name()));
    try {
      NetworkState.of(NETWORK, read);
      assertThat(read.tensors().keySet()).containsExactlyInAnyOrderElementsOf(names);
    } catch (HemlockException e) {
      refused(e);
    }
  }

  private static void refused(HemlockException e) {
    if (e.reason() != Reason.INVALID_ARGUMENT) {
      throw e;
    }
  }

  /**
   * A fuzzer changes a header without its length: the length of one that begins with a brace right
   * away is put in front of it, where a line feed ends it.
   */
  private static ByteBuffer withRightLength(byte[] input) {
    if (input.length == 0 || input[0] != '{') {
      return ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
    }
    int length = 0;
    while (length < input.length && input[length] != '\n') {
      length++;
    }
    return ByteBuffer.allocate(Long.BYTES + Math.max(length, input.length - 1))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(input, 0, length)
        .put(input, Math.min(length + 1, input.length), Math.max(0, input.length - length - 1))
        .rewind();
  }
}
