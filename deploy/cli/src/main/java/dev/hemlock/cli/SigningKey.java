package dev.hemlock.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** An Ed25519 private key (RFC 8032) in a file. What it holds is never shown. */
final class SigningKey {
  private static final String ALGORITHM = "Ed25519";
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private final PrivateKey key;

  private SigningKey(PrivateKey key) {
    this.key = key;
  }

  /** Reads a PEM file without a passphrase. */
  static SigningKey read(Path file) {
    try {
      String pem = Files.readString(file, US_ASCII).strip();
      if (!pem.startsWith(BEGIN) || !pem.endsWith(END)) {
        throw refused(file);
      }
      byte[] der =
          Base64.getMimeDecoder()
              .decode(pem.substring(BEGIN.length(), pem.length() - END.length()));
      return new SigningKey(
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (IOException e) {
      throw new CliException("Can not read the key file " + file + "; give one with --key.", e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw refused(file);
    }
  }

  byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform from 15 on has Ed25519", e);
    }
  }

  /** Without the cause, which could quote the key. */
  private static CliException refused(Path file) {
    return new CliException(
        file
            + " holds no Ed25519 private key as PEM without a passphrase; make one with"
            + " `openssl genpkey -algorithm ed25519 -out key.pem`.");
  }
}
