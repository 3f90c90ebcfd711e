package dev.hemlock.dataset.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.hemlock.common.error.HemlockException;

/**
 * The in-toto statement of an approval.
 *
 * @param snapshot the name of its only subject
 * @param predicateJson protobuf JSON of a label receipt
 */
public record Statement(String snapshot, String predicateJson) {
  /** The type of every in-toto 1.0 statement. */
  public static final String TYPE = "https://in-toto.io/Statement/v1";

  /** The type of its predicate. */
  public static final String PREDICATE_TYPE = "https://hemlock.dev/label-approval/v1";

  private static final String PREFIX = "snapshots/sha256:";

  /**
   * Reads a statement whose signature is good.
   *
   * @throws HemlockException INVALID_ARGUMENT if it is none or is about something else
   */
  public static Statement parse(byte[] payload) {
    try {
      JsonObject object = JsonParser.parseString(new String(payload, UTF_8)).getAsJsonObject();
      JsonArray subjects = object.getAsJsonArray("subject");
      String digest =
          subjects.get(0).getAsJsonObject().getAsJsonObject("digest").get("sha256").getAsString();
      if (subjects.size() != 1
          || !object.get("_type").getAsString().equals(TYPE)
          || !object.get("predicateType").getAsString().equals(PREDICATE_TYPE)) {
        throw malformed();
      }
      return new Statement(PREFIX + digest, object.getAsJsonObject("predicate").toString());
    } catch (JsonParseException
        | IllegalStateException
        | IndexOutOfBoundsException
        | NullPointerException
        | ClassCastException
        | UnsupportedOperationException e) {
      throw malformed().because(e);
    }
  }

  private static HemlockException malformed() {
    return HemlockException.invalidArgument(
            "The envelope holds no in-toto statement of an approval (%s) with one subject. Make one with `hemlock approve`."
                .formatted(PREDICATE_TYPE))
        .violating("envelope", "must hold an approval");
  }
}
