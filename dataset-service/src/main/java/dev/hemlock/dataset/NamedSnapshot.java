package dev.hemlock.dataset;

import dev.hemlock.common.storage.Digest;

/** A stored snapshot and the digest that names it. */
record NamedSnapshot(Digest digest, Snapshot snapshot) {

  static final String PREFIX = "snapshots/";

  /** {@code snapshots/sha256:{hex}}. */
  String name() {
    return PREFIX + digest;
  }

  /** The digest in a snapshot's name. */
  static Digest digest(String name) {
    return Digest.parse(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
  }
}
