package dev.hemlock.common.torch;

import dev.hemlock.common.error.HemlockException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors in the <a href="https://huggingface.co/docs/safetensors">safetensors</a> format: the
 * header's length as a little-endian 64-bit integer, the header as JSON padded with blanks to a
 * multiple of 8, then the tensors' little-endian bytes without gaps.
 *
 * @param tensors by name, in the order they are stored
 * @param metadata free text by name
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The element types that Hemlock stores. */
  public enum Type {
    F32(Float.BYTES),
    F64(Double.BYTES),
    I64(Long.BYTES);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }
  }

  /**
   * One tensor.
   *
   * @param type of its elements
   * @param shape no entries for a single number
   * @param data its little-endian bytes, row-major
   */
  public record Tensor(Type type, List<Long> shape, ByteBuffer data) {
    public Tensor {
      shape = List.copyOf(shape);
      data = data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** 32-bit floats, row-major. */
    public static Tensor of(List<Long> shape, float[] values) {
      ByteBuffer data = allocate(values.length, Type.F32);
      data.asFloatBuffer().put(values);
      return new Tensor(Type.F32, shape, data);
    }

    /** 64-bit floats, row-major. */
    public static Tensor of(List<Long> shape, double[] values) {
      ByteBuffer data = allocate(values.length, Type.F64);
      data.asDoubleBuffer().put(values);
      return new Tensor(Type.F64, shape, data);
    }

    /** 64-bit integers, row-major. */
    public static Tensor of(List<Long> shape, long[] values) {
      ByteBuffer data = allocate(values.length, Type.I64);
      data.asLongBuffer().put(values);
      return new Tensor(Type.I64, shape, data);
    }

    /** The elements of an F32 tensor. */
    public float[] floats() {
      requireType(Type.F32);
      float[] values = new float[data.capacity() / Float.BYTES];
      little().asFloatBuffer().get(values);
      return values;
    }

    /** The elements of an F64 tensor. */
    public double[] doubles() {
      requireType(Type.F64);
      double[] values = new double[data.capacity() / Double.BYTES];
      little().asDoubleBuffer().get(values);
      return values;
    }

    /** The elements of an I64 tensor. */
    public long[] longs() {
      requireType(Type.I64);
      long[] values = new long[data.capacity() / Long.BYTES];
      little().asLongBuffer().get(values);
      return values;
    }

    private ByteBuffer little() {
      return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void requireType(Type wanted) {
      if (type != wanted) {
        throw HemlockException.invalidArgument(
            "A tensor is of type %s where %s is needed".formatted(type, wanted));
      }
    }

    private static ByteBuffer allocate(int count, Type type) {
      return ByteBuffer.allocate(Math.multiplyExact(count, type.bytes()))
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * A tensor of a known shape.
   *
   * @throws HemlockException INVALID_ARGUMENT if there is none of that name or its shape differs
   */
  public Tensor tensor(String name, List<Long> shape) {
    Tensor tensor = tensors.get(name);
    if (tensor == null || !tensor.shape().equals(shape)) {
      throw HemlockException.invalidArgument(
          "The weights need a tensor %s of shape %s, not %s"
              .formatted(name, shape, tensor == null ? "none" : tensor.shape()));
    }
    return tensor;
  }

  /**
   * Reads a file, mapped into memory.
   *
   * @throws HemlockException INVALID_ARGUMENT if it isn't well formed
   */
  public static Safetensors read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw SafetensorsHeader.malformed("it has more than 2 GiB");
      }
      return read(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #write} has written, without copying the tensors.
   *
   * @throws HemlockException INVALID_ARGUMENT if the header is longer than 1 MiB or not JSON, if a
   *     type is unknown, or if the tensors' ranges leave gaps, overlap or don't fit their shapes
   */
  public static Safetensors read(ByteBuffer bytes) {
    return SafetensorsHeader.read(bytes);
  }

  /** The bytes of a file. */
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes a file. */
  public void write(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes header and tensors; equal tensors give equal bytes. */
  public void write(OutputStream out) throws IOException {
    byte[] header = SafetensorsHeader.write(this);
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    byte[] chunk = new byte[1 << 16];
    for (Tensor tensor : tensors.values()) {
      ByteBuffer data = tensor.data().duplicate().rewind();
      while (data.hasRemaining()) {
        int n = Math.min(chunk.length, data.remaining());
        data.get(chunk, 0, n);
        out.write(chunk, 0, n);
      }
    }
  }
}
