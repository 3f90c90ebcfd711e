package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest.
 *
 * @param hex 64 lower-case hex digits
 */
public record Digest(String hex) implements Comparable<Digest> {
  private static final String PREFIX = "sha256:";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER = 1 << 16;

  /**
   * Refuses anything but 64 lower-case hex digits.
   *
   * @throws HemlockException INVALID_ARGUMENT
   */
  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw HemlockException.invalidArgument(
          "Not a SHA-256 digest of 64 lower-case hex digits: " + hex);
    }
  }

  /** The digest of some bytes. */
  public static Digest of(byte[] bytes) {
    return ofRaw(sha256().digest(bytes));
  }

  /**
   * The digest of a file.
   *
   * @throws UncheckedIOException if the file can't be read
   */
  public static Digest of(Path file) {
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ofRaw(sha256.digest());
  }

  /** The digest whose 32 bytes a {@link MessageDigest} has given. */
  public static Digest ofRaw(byte[] raw) {
    return new Digest(HexFormat.of().formatHex(raw));
  }

  /**
   * Reads {@code sha256:<64 hex>}.
   *
   * @throws HemlockException INVALID_ARGUMENT
   */
  public static Digest parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw HemlockException.invalidArgument(
          "Not a digest of the form sha256:<64 hex digits>: " + text);
    }
    return new Digest(text.substring(PREFIX.length()));
  }

  /** A fresh SHA-256, for bytes that come in pieces. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  /** {@code sha256:<64 hex>}. */
  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
