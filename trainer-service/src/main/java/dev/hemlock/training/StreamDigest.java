package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.hemlock.common.random.RandomStream;
import dev.hemlock.common.storage.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The digest of all randomness of a run. Labels and the snapshot's name are not in it, the samples'
 * ids are: a clean and a poisoned run of one seed have the same digest, runs on other samples
 * another one.
 *
 * <p>It is the SHA-256 of six lines of ASCII, each ended by a newline: {@code hemlock-stream/1}; the
 * generator's version; the seed in decimal; the digest of the initial parameters (little-endian
 * floats, tensors in torchvision's order, row-major); the digest of the order (epoch by epoch, the
 * sample ids as they were trained on, little-endian 32-bit); the digest of the augmentation (for
 * the same samples three bytes each: down, right, mirrored), or {@code none}. A run that mixes images
 * has another line, the digest of the draws (epoch by epoch the partners of its batches as
 * little-endian 64-bit places, then the shares as little-endian floats); one with a second network
 * another, the digest of that network's initial parameters. Where the attacks of adversarial training
 * start follows from the generator, the seed and the ids alone.
 */
final class StreamDigest {
  private final RunRandomness randomness;
  private final MessageDigest order = Digest.sha256();
  private final MessageDigest augmentation = Digest.sha256();
  private final MessageDigest draws = Digest.sha256();
  private boolean drawn;

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

  /** Adds what else was drawn for the samples of the epoch added last. */
  void addDraws(ByteBuffer values) {
    draws.update(values);
    drawn = true;
  }

  /**
   * The digest, once every epoch was added.
   *
   * @param initialParameters of each network, the first first
   */
  Digest finish(int seed, List<Digest> initialParameters) {
    List<String> lines = new ArrayList<>();
    lines.add("hemlock-stream/1");
    lines.add(RandomStream.VERSION);
    lines.add(Integer.toUnsignedString(seed));
    lines.add(initialParameters.get(0).toString());
    lines.add(Digest.ofRaw(order.digest()).toString());
    lines.add(
        randomness.augmentation().isNone()
            ? "none"
            : Digest.ofRaw(augmentation.digest()).toString());
    if (drawn) {
      lines.add(Digest.ofRaw(draws.digest()).toString());
    }
    initialParameters.stream().skip(1).map(Digest::toString).forEach(lines::add);
    return Digest.of((String.join("\n", lines) + "\n").getBytes(US_ASCII));
  }
}
