package dev.hemlock.common.ledger;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * A sign of life, and how far the work is: one line of JSON, then the progress document as it is.
 *
 * @param counter grows with each sign
 * @param share of the work done, 0 to 1
 * @param document what the stage says about its progress
 */
public record Heartbeat(long counter, double share, Optional<byte[]> document) {
  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        Document.empty().with("counter", (double) counter).with("share", share).toJson());
    out.write('\n');
    document.ifPresent(out::writeBytes);
    return out.toByteArray();
  }

  static Heartbeat parse(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    Document json = Document.parse(Arrays.copyOf(bytes, end));
    byte[] document =
        end + 1 < bytes.length ? Arrays.copyOfRange(bytes, end + 1, bytes.length) : new byte[0];
    return new Heartbeat(
        (long) json.number("counter"),
        json.number("share"),
        document.length == 0 ? Optional.empty() : Optional.of(document));
  }
}
