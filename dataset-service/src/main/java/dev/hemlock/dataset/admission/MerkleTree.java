package dev.hemlock.dataset.admission;

import dev.hemlock.common.storage.Digest;
import java.security.MessageDigest;
import java.util.List;

/**
 * The Merkle tree hash of RFC 9162, section 2.1.1, with SHA-256: a leaf is hashed after a byte 0, an
 * inner node after a byte 1, and the left subtree of n leaves has the largest power of two below n.
 * Equal roots mean equal lists, since a leaf can not be taken for an inner node.
 */
public final class MerkleTree {
  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private MerkleTree() {}

  /** The root over some leaves, in order. */
  public static Digest root(List<byte[]> leaves) {
    return Digest.ofRaw(
        leaves.isEmpty() ? Digest.sha256().digest() : hash(leaves, 0, leaves.size()));
  }

  private static byte[] hash(List<byte[]> leaves, int from, int to) {
    MessageDigest sha256 = Digest.sha256();
    if (to - from == 1) {
      sha256.update(LEAF);
      return sha256.digest(leaves.get(from));
    }
    int middle = from + Integer.highestOneBit(to - from - 1);
    sha256.update(NODE);
    sha256.update(hash(leaves, from, middle));
    return sha256.digest(hash(leaves, middle, to));
  }
}
