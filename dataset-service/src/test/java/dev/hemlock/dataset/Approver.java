package dev.hemlock.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.dataset.admission.Envelope;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Somebody who signs approvals. */
final class Approver {
  private final KeyPair key;

  Approver() {
    try {
      key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one whom {@link #save} kept. */
  Approver(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      KeyFactory keys = KeyFactory.getInstance("Ed25519");
      key =
          new KeyPair(
              keys.generatePublic(new X509EncodedKeySpec(decode(lines.get(0)))),
              keys.generatePrivate(new PKCS8EncodedKeySpec(decode(lines.get(1)))));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Path save(Path file) throws IOException {
    return Files.writeString(
        file, encode(key.getPublic().getEncoded()) + "\n" + encode(key.getPrivate().getEncoded()));
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  String keyId() {
    return Digest.of(key.getPublic().getEncoded()).toString();
  }

  String publicPem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  String envelope(LabelReceipt receipt) {
    return envelope(receipt, receipt.getSnapshot());
  }

  /** An approval whose subject need not be the snapshot that the receipt is about. */
  String envelope(LabelReceipt receipt, String subject) {
    String statement =
        """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"%s","digest":{"sha256":"%s"}}],
        "predicateType":"https://hemlock.dev/label-approval/v1","predicate":%s}
        """
            .formatted(
                subject, subject.substring("snapshots/sha256:".length()), ProtoJson.print(receipt));
    byte[] payload = statement.getBytes(UTF_8);
    byte[] signature = sign(new Envelope(payload, List.of(new byte[0])).signedBytes());
    return "{\"payloadType\":\"%s\",\"payload\":\"%s\",\"signatures\":[{\"sig\":\"%s\"}]}"
        .formatted(Envelope.PAYLOAD_TYPE, encode(payload), encode(signature));
  }

  private byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key.getPrivate());
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
