package dev.hemlock.common.grpc;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Hands bytes on in chunks of at most 1 MiB, as response streams carry them. */
public final class ChunkedOutput extends OutputStream {

  private static final int CHUNK = 1 << 20;

  private final Consumer<ByteString> consumer;
  private final byte[] buffer = new byte[CHUNK];
  private int used;

  public ChunkedOutput(Consumer<ByteString> consumer) {
    this.consumer = consumer;
  }

  /** Hands on a whole file. */
  public static void copy(Path file, Consumer<ByteString> consumer) throws IOException {
    try (ChunkedOutput out = new ChunkedOutput(consumer)) {
      Files.copy(file, out);
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int done = 0;
    while (done < length) {
      int n = Math.min(length - done, CHUNK - used);
      System.arraycopy(bytes, offset + done, buffer, used, n);
      used += n;
      done += n;
      if (used == CHUNK) {
        handOver();
      }
    }
  }

  /** Hands over what is left. */
  @Override
  public void close() {
    if (used > 0) {
      handOver();
    }
  }

  private void handOver() {
    ByteString chunk = ByteString.copyFrom(buffer, 0, used);
    used = 0;
    consumer.accept(chunk);
  }
}
