package dev.hemlock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.util.Base64;

/** Makes approvals: an in-toto statement in a DSSE envelope; docs/admission.md gives both. */
final class ApprovalEnvelope {
  private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
  private static final String PREFIX = "snapshots/sha256:";

  private ApprovalEnvelope() {}

  static String sign(LabelReceipt receipt, SigningKey key) {
    byte[] payload = statement(receipt).toString().getBytes(UTF_8);
    JsonObject signature = new JsonObject();
    signature.addProperty("sig", base64(key.sign(preAuthenticationEncoding(payload))));
    JsonArray signatures = new JsonArray();
    signatures.add(signature);
    JsonObject envelope = new JsonObject();
    envelope.addProperty("payloadType", PAYLOAD_TYPE);
    envelope.addProperty("payload", base64(payload));
    envelope.add("signatures", signatures);
    return envelope.toString();
  }

  static byte[] preAuthenticationEncoding(byte[] payload) {
    byte[] head =
        "DSSEv1 %d %s %d "
            .formatted(PAYLOAD_TYPE.length(), PAYLOAD_TYPE, payload.length)
            .getBytes(UTF_8);
    byte[] all = new byte[head.length + payload.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }

  private static JsonObject statement(LabelReceipt receipt) {
    JsonObject digest = new JsonObject();
    digest.addProperty("sha256", receipt.getSnapshot().substring(PREFIX.length()));
    JsonObject subject = new JsonObject();
    subject.addProperty("name", receipt.getSnapshot());
    subject.add("digest", digest);
    JsonArray subjects = new JsonArray();
    subjects.add(subject);
    JsonObject statement = new JsonObject();
    statement.addProperty("_type", "https://in-toto.io/Statement/v1");
    statement.add("subject", subjects);
    statement.addProperty("predicateType", "https://hemlock.dev/label-approval/v1");
    statement.add("predicate", JsonParser.parseString(Printer.json(receipt)));
    return statement;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
