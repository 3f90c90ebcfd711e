package dev.hemlock.common.torch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.torch.Safetensors.Tensor;
import dev.hemlock.common.torch.Safetensors.Type;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The JSON header of a safetensors file. Reading trusts nothing in it. */
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";
  private static final int LONGEST = 1 << 20;
  private static final int MOST_DIMENSIONS = 8;

  private final ByteBuffer tensorBytes;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<long[]> ranges = new ArrayList<>();

  private SafetensorsHeader(ByteBuffer tensorBytes) {
    this.tensorBytes = tensorBytes;
  }

  static byte[] write(Safetensors file) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setHtmlSafe(false);
      json.beginObject();
      if (!file.metadata().isEmpty()) {
        json.name(METADATA).beginObject();
        for (var entry : file.metadata().entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long at = 0;
      for (var entry : file.tensors().entrySet()) {
        Tensor tensor = entry.getValue();
        json.name(entry.getKey()).beginObject().name("dtype").value(tensor.type().name());
        json.name("shape").beginArray();
        for (long side : tensor.shape()) {
          json.value(side);
        }
        long end = at + tensor.data().capacity();
        json.endArray().name("data_offsets").beginArray().value(at).value(end).endArray();
        json.endObject();
        at = end;
      }
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    byte[] padded = java.util.Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
    java.util.Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
    return padded;
  }

  static Safetensors read(ByteBuffer file) {
    ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.capacity() < Long.BYTES) {
      throw malformed("it has only " + bytes.capacity() + " bytes");
    }
    long length = bytes.getLong(0);
    if (length < 2 || length > LONGEST || length > bytes.capacity() - Long.BYTES) {
      throw malformed("its header length " + Long.toUnsignedString(length) + " is impossible");
    }
    int start = Long.BYTES + (int) length;
    SafetensorsHeader header = new SafetensorsHeader(bytes.slice(start, bytes.capacity() - start));
    try (JsonReader json = new JsonReader(new StringReader(text(bytes, (int) length)))) {
      header.object(json);
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw malformed("something follows its header");
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw malformed("its header is not the JSON it should be").because(e);
    }
    header.requireNoGaps();
    return new Safetensors(header.tensors, header.metadata);
  }

  private static String text(ByteBuffer bytes, int length) {
    try {
      return UTF_8.newDecoder().decode(bytes.slice(Long.BYTES, length)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("its header is not UTF-8").because(e);
    }
  }

  private void object(JsonReader json) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String name = unicode(json.nextName());
      if (name.equals(METADATA)) {
        metadata(json);
      } else if (tensors.put(name, tensor(name, json)) != null) {
        throw malformed("it names the tensor " + name + " twice");
      }
    }
    json.endObject();
  }

  private void metadata(JsonReader json) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String name = unicode(json.nextName());
      if (metadata.put(name, unicode(json.nextString())) != null) {
        throw malformed("it gives the metadata " + name + " twice");
      }
    }
    json.endObject();
  }

  /** JSON can escape half a character, which could not be written again. */
  private static String unicode(String text) {
    if (!UTF_8.newEncoder().canEncode(text)) {
      throw malformed("its header holds text that is not Unicode");
    }
    return text;
  }

  private Tensor tensor(String name, JsonReader json) throws IOException {
    String type = "";
    List<Long> shape = List.of();
    List<Long> range = List.of();
    Set<String> fields = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String field = json.nextName();
      if (!fields.add(field)) {
        throw malformed("the tensor " + name + " has a field twice");
      }
      switch (field) {
        case "dtype" -> type = json.nextString();
        case "shape" -> shape = longs(json);
        case "data_offsets" -> range = longs(json);
        default -> throw malformed("the tensor " + name + " has an unknown field");
      }
    }
    json.endObject();
    if (fields.size() != 3 || range.size() != 2) {
      throw malformed("the tensor " + name + " needs dtype, shape and two data_offsets");
    }
    return tensor(name, type(name, type), shape, range.get(0), range.get(1));
  }

  private Tensor tensor(String name, Type type, List<Long> shape, long from, long to) {
    long size = type.bytes();
    try {
      for (long side : shape) {
        size = Math.multiplyExact(size, side);
      }
    } catch (ArithmeticException e) {
      throw malformed("the shape of the tensor " + name + " is too large").because(e);
    }
    if (from > to || to > tensorBytes.capacity() || to - from != size) {
      throw malformed("the bytes of the tensor " + name + " do not fit its shape or the file");
    }
    ranges.add(new long[] {from, to});
    return new Tensor(type, shape, tensorBytes.slice((int) from, (int) size));
  }

  private void requireNoGaps() {
    ranges.sort((a, b) -> a[0] == b[0] ? Long.compare(a[1], b[1]) : Long.compare(a[0], b[0]));
    long at = 0;
    for (long[] range : ranges) {
      if (range[0] != at) {
        throw malformed("its tensors overlap or leave a gap");
      }
      at = range[1];
    }
    if (at != tensorBytes.capacity()) {
      throw malformed("bytes are left over after its tensors");
    }
  }

  private static List<Long> longs(JsonReader json) throws IOException {
    List<Long> values = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      if (json.peek() != JsonToken.NUMBER || values.size() == MOST_DIMENSIONS) {
        throw malformed("a shape or range in its header is no short list of numbers");
      }
      long value = json.nextLong();
      if (value < 0) {
        throw malformed("a shape or range in its header is negative");
      }
      values.add(value);
    }
    json.endArray();
    return values;
  }

  private static Type type(String tensor, String name) {
    for (Type type : Type.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw malformed(
        "The tensor %s has the type %s; F32, F64 and I64 are known".formatted(tensor, name));
  }

  static HemlockException malformed(String why) {
    return HemlockException.invalidArgument("This is not a safetensors file Hemlock reads: " + why);
  }
}
