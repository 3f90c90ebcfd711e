package dev.hemlock.evaluation;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Little-endian 32-bit floats in a temporary file, deleted when closed. */
final class FloatFile implements AutoCloseable {
  private final Path path;
  private final OutputStream out;

  FloatFile() {
    try {
      path = Files.createTempFile("hemlock-", ".f32");
      out = Files.newOutputStream(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void append(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    try {
      out.write(buffer.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file with everything appended so far. */
  Path path() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  @Override
  public void close() {
    try {
      out.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
