package dev.hemlock.dataset.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.hemlock.common.error.HemlockException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A DSSE envelope around an in-toto statement: signed bytes and signatures, as JSON.
 *
 * <p>Sources: Dead Simple Signing Envelope 1.0, in-toto Attestation Framework 1.0.
 *
 * @param payload the signed bytes
 * @param signatures raw
 */
@SuppressWarnings("ArrayRecordComponent")
public record Envelope(byte[] payload, List<byte[]> signatures) {
  /** The media type of in-toto statements. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  private static final int MOST_SIGNATURES = 16;

  /**
   * Reads an envelope.
   *
   * @throws HemlockException INVALID_ARGUMENT if it is none or holds something else
   */
  public static Envelope parse(String json) {
    try {
      JsonObject object = JsonParser.parseString(json).getAsJsonObject();
      if (!object.get("payloadType").getAsString().equals(PAYLOAD_TYPE)) {
        throw malformed("its payloadType is not " + PAYLOAD_TYPE);
      }
      List<byte[]> signatures = new ArrayList<>();
      for (JsonElement signature : object.getAsJsonArray("signatures")) {
        signatures.add(decode(signature.getAsJsonObject().get("sig")));
      }
      if (signatures.isEmpty() || signatures.size() > MOST_SIGNATURES) {
        throw malformed("it needs 1 to 16 signatures");
      }
      return new Envelope(decode(object.get("payload")), List.copyOf(signatures));
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException
        | ClassCastException
        | UnsupportedOperationException e) {
      throw malformed("it must be JSON with payloadType, payload and signatures").because(e);
    }
  }

  /** The envelope with some of its signatures, always written the same way. */
  public String json(List<AuthorisedKeys.Signer> signers) {
    JsonArray kept = new JsonArray();
    for (AuthorisedKeys.Signer signer : signers) {
      JsonObject signature = new JsonObject();
      signature.addProperty("keyid", signer.keyId());
      signature.addProperty("sig", encode(signer.signature()));
      kept.add(signature);
    }
    JsonObject envelope = new JsonObject();
    envelope.addProperty("payloadType", PAYLOAD_TYPE);
    envelope.addProperty("payload", encode(payload));
    envelope.add("signatures", kept);
    return envelope.toString();
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** What is signed: the pre-authentication encoding of type and payload. */
  public byte[] signedBytes() {
    byte[] head =
        "DSSEv1 %d %s %d "
            .formatted(PAYLOAD_TYPE.length(), PAYLOAD_TYPE, payload.length)
            .getBytes(UTF_8);
    byte[] all = new byte[head.length + payload.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }

  /** Standard or URL-safe Base64, both of which DSSE allows. */
  private static byte[] decode(JsonElement base64) {
    return Base64.getDecoder().decode(base64.getAsString().replace('-', '+').replace('_', '/'));
  }

  private static HemlockException malformed(String why) {
    return HemlockException.invalidArgument(
            "This is no DSSE envelope of an approval: %s. Make one with `hemlock approve`."
                .formatted(why))
        .violating("envelope", "must be a DSSE envelope");
  }
}
