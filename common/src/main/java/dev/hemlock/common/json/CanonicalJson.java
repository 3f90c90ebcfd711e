package dev.hemlock.common.json;

import com.google.protobuf.MessageOrBuilder;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import java.io.IOException;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * The one byte form of a document, after RFC 8785: members sorted, numbers as ECMAScript prints
 * them, no white space. Equal messages have equal bytes, whatever made them.
 */
public final class CanonicalJson {
  private CanonicalJson() {}

  /** The canonical UTF-8 bytes of a message's protobuf JSON form, zeros printed. */
  public static byte[] of(MessageOrBuilder message) {
    return of(ProtoJson.print(message));
  }

  /**
   * The canonical UTF-8 bytes of a JSON object or array.
   *
   * @throws HemlockException INVALID_ARGUMENT if it isn't one
   */
  public static byte[] of(String json) {
    try {
      return new JsonCanonicalizer(json).getEncodedUTF8();
    } catch (IOException e) {
      throw HemlockException.invalidArgument("Not a JSON document: " + e.getMessage()).because(e);
    }
  }

  /** The SHA-256 of the canonical bytes. */
  public static Digest digest(MessageOrBuilder message) {
    return Digest.of(of(message));
  }
}
