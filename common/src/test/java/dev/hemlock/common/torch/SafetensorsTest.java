package dev.hemlock.common.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  private static final String ONE = "{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

  @TempDir Path directory;

  @Test
  void readsWhatItWrites() {
    // Given
    Safetensors file = example();
    Path path = directory.resolve("weights.safetensors");

    // When
    file.write(path);
    Safetensors read = Safetensors.read(path);

    // Then
    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(read.tensors().keySet()).containsExactly("weight", "count", "sums");
    assertThat(read.tensor("weight", List.of(2L, 2L)).floats()).containsExactly(1, -2, 3, 4.5f);
    assertThat(read.tensor("count", List.of()).longs()).containsExactly(7);
    assertThat(read.tensor("sums", List.of(2L)).doubles()).containsExactly(0.1, 0.2);
  }

  @Test
  void padsTheHeaderToAMultipleOfEight() {
    // When
    byte[] bytes = example().bytes();

    // Then
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(header % 8).isZero();
    assertThat(bytes).hasSize((int) (8 + header + 16 + 8 + 16));
  }

  @Test
  void refusesATensorOfAnotherShapeOrType() {
    Safetensors file = example();

    assertThatThrownBy(() -> file.tensor("weight", List.of(4L)))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("weight of shape [4], not [2, 2]");
    assertThatThrownBy(() -> file.tensor("bias", List.of())).hasMessageContaining("not none");
    assertThatThrownBy(() -> file.tensor("count", List.of()).floats())
        .isInstanceOf(HemlockException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{} {}",
        "{'a':1}",
        "{'a':{}}",
        "{'a':{'dtype':'F32','shape':[2]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}}",
        "{'a':{'dtype':'F32','dtype':'F32','data_offsets':[0,8]}}",
        "{'a':{'dtype':'F16','shape':[4],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
        "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,2],'data_offsets':[0,8]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
        "{'a':" + ONE + ",'a':" + ONE + "}",
        "{'a':" + ONE + ",'b':" + ONE + "}",
        "{'a':{'dtype':'F64','data_offsets':[0,8],'dtype':'F64'}}",
        "{'__metadata__':{'a':{}},'a':" + ONE + "}",
        "{'__metadata__':{'a':'b','a':'c'},'a':" + ONE + "}",
        "{'__metadata__':{'a':'\\ud800'},'a':" + ONE + "}",
        "{'\\udc00':" + ONE + "}",
        "{'a':" + ONE + "} x",
      })
  void refusesAHeaderThatLies(String header) {
    assertThatThrownBy(() -> read(header.replace('\'', '"'), new byte[8]))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("not a safetensors file");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, 1 << 20, Long.MAX_VALUE, Long.MIN_VALUE})
  void refusesAnImpossibleHeaderLength(long length) {
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);

    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("header length");
  }

  @Test
  void refusesAFileThatCanNotBeMapped(@TempDir Path folder) throws IOException {
    Path sparse = folder.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(3L << 30);
    }

    assertThatThrownBy(() -> Safetensors.read(sparse))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("more than 2 GiB");
  }

  @Property(tries = 300)
  void refusesOrReadsWhateverItIsGiven(@ForAll @Size(max = 200) byte[] noise, @ForAll int at) {
    byte[] bytes = example().bytes();
    for (int i = 0; i < noise.length; i++) {
      bytes[Math.floorMod(at + 31 * i, bytes.length)] = noise[i];
    }
    int length = bytes.length - Math.floorMod(at, 3) * noise.length / 4;

    try {
      Safetensors.read(ByteBuffer.wrap(Arrays.copyOf(bytes, Math.max(0, length))));
    } catch (HemlockException e) {
      assertThat(e).hasMessageContaining("not a safetensors file");
    }
  }

  private static Safetensors example() {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", Safetensors.Tensor.of(List.of(2L, 2L), new float[] {1, -2, 3, 4.5f}));
    tensors.put("count", Safetensors.Tensor.of(List.of(), new long[] {7}));
    tensors.put("sums", Safetensors.Tensor.of(List.of(2L), new double[] {0.1, 0.2}));
    return new Safetensors(tensors, Map.of("format", "pt"));
  }

  private static Safetensors read(String header, byte[] data) {
    byte[] text = header.getBytes(UTF_8);
    return Safetensors.read(
        ByteBuffer.allocate(Long.BYTES + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .put(data)
            .rewind());
  }
}
