package dev.hemlock.dataset.admission;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.hemlock.common.storage.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Ed25519 public keys (RFC 8032) whose approvals count. */
public final class AuthorisedKeys {
  private static final String ALGORITHM = "Ed25519";
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");

  private final Map<String, PublicKey> keys;

  private AuthorisedKeys(Map<String, PublicKey> keys) {
    this.keys = keys;
  }

  /** No key: nothing can be approved. */
  public static AuthorisedKeys none() {
    return new AuthorisedKeys(Map.of());
  }

  /**
   * Reads every {@code BEGIN PUBLIC KEY} of a PEM file, as {@code openssl pkey -pubout} writes them.
   *
   * @throws IllegalArgumentException if there is no such file, no key, or one that is not Ed25519
   */
  public static AuthorisedKeys read(Path file) {
    try {
      Map<String, PublicKey> keys = new LinkedHashMap<>();
      Matcher blocks = PEM.matcher(Files.readString(file, US_ASCII));
      while (blocks.find()) {
        byte[] der = Base64.getMimeDecoder().decode(blocks.group(1));
        keys.put(
            Digest.of(der).toString(),
            KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der)));
      }
      if (keys.isEmpty()) {
        throw refused(file, null);
      }
      return new AuthorisedKeys(keys);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw refused(file, e);
    }
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /**
   * A key and what it signed.
   *
   * @param keyId {@code sha256:{hex}} of the key's X.509 form
   * @param signature raw
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Signer(String keyId, byte[] signature) {}

  /** The authorised keys that signed an envelope, by id, each once. */
  public List<Signer> signers(Envelope envelope) {
    byte[] signed = envelope.signedBytes();
    return keys.entrySet().stream()
        .flatMap(
            key ->
                envelope.signatures().stream()
                    .filter(signature -> verifies(key.getValue(), signed, signature))
                    .limit(1)
                    .map(signature -> new Signer(key.getKey(), signature)))
        .sorted(Comparator.comparing(Signer::keyId))
        .toList();
  }

  private static boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
    try {
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      // A signature of another form than Ed25519's is not this key's.
      return false;
    }
  }

  private static IllegalArgumentException refused(Path file, Exception cause) {
    return new IllegalArgumentException(
        "hemlock.dataset.admission.public-keys: %s must hold Ed25519 public keys as PEM (openssl pkey -pubout)."
            .formatted(file),
        cause);
  }
}
