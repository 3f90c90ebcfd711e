package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import java.io.OutputStream;
import java.util.function.Consumer;

/** Hands bytes on in chunks of at most 1 MiB. */
final class ChunkedOutput extends OutputStream {

  private static final int CHUNK = 1 << 20;

  private final Consumer<ByteString> consumer;
  private final byte[] buffer = new byte[CHUNK];
  private int used;

  ChunkedOutput(Consumer<ByteString> consumer) {
    this.consumer = consumer;
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
    consumer.accept(ByteString.copyFrom(buffer, 0, used));
    used = 0;
  }
}
