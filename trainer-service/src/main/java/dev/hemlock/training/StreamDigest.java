package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.hemlock.common.random.RandomStream;
import dev.hemlock.common.storage.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * The digest of all randomness of a run. Labels and the snapshot's name are not in it, the samples'
 * ids are: a clean and a poisoned run of one seed have the same digest, runs on other samples
 * another one.
 *
 * <p>It is the SHA-256 of six lines of ASCII, each ended by a newline: {@code hemlock-stream/1}; the
 * generator's version; the seed in decimal; the digest of the initial parameters (little-endian
 * floats, tensors in torchvision's order, row-major); the digest of the order (epoch by epoch, the
 * sample ids as they were trained on, little-endian 32-bit); the digest of the augmentation (for
 * the same samples three bytes each: down, right, mirrored), or {@code none}.
 */
final class StreamDigest {
  private final RunRandomness randomness;
  private final MessageDigest order = Digest.sha256();
  private final MessageDigest augmentation = Digest.sha256();

  StreamDigest(RunRandomness randomness) {
    this.randomness = randomness;
  }

  /** Adds the next epoch, given its ids in training order. */
  void add(int epoch, int[] ids) {
    ByteBuffer bytes = ByteBuffer.allocate(ids.length * Integer.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(ids);
    order.update(bytes);
    if (randomness.augmentation().isNone()) {
      return;
    }
    for (int id : ids) {
      Augmentation.Draw draw = randomness.draw(epoch, id);
      augmentation.update((byte) draw.down());
      augmentation.update((byte) draw.right());
      augmentation.update((byte) (draw.mirrored() ? 1 : 0));
    }
  }

  /** The digest, once every epoch was added. */
  Digest finish(int seed, Digest initialParameters) {
    String lines =
        String.join(
                "\n",
                "hemlock-stream/1",
                RandomStream.VERSION,
                Integer.toUnsignedString(seed),
                initialParameters.toString(),
                Digest.ofRaw(order.digest()).toString(),
                randomness.augmentation().isNone()
                    ? "none"
                    : Digest.ofRaw(augmentation.digest()).toString())
            + "\n";
    return Digest.of(lines.getBytes(US_ASCII));
  }
}
