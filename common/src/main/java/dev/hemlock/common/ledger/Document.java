package dev.hemlock.common.ledger;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.ProtoJson;
import java.util.Map;
import java.util.TreeMap;

/** A small flat JSON object, as the ledger's own objects are. */
public record Document(Map<String, Value> fields) {
  /** An empty one. */
  public static Document empty() {
    return new Document(Map.of());
  }

  public Document with(String name, String value) {
    return with(name, Value.newBuilder().setStringValue(value).build());
  }

  /** Adds a number; integers are exact up to 2^53. */
  public Document with(String name, double value) {
    return with(name, Value.newBuilder().setNumberValue(value).build());
  }

  private Document with(String name, Value value) {
    Map<String, Value> more = new TreeMap<>(fields);
    more.put(name, value);
    return new Document(more);
  }

  public String text(String name) {
    return fields.getOrDefault(name, Value.getDefaultInstance()).getStringValue();
  }

  public double number(String name) {
    return fields.getOrDefault(name, Value.getDefaultInstance()).getNumberValue();
  }

  public byte[] toJson() {
    return ProtoJson.bytes(Struct.newBuilder().putAllFields(fields).build());
  }

  /** What to say of a stored object that is JSON and still not what it should be. */
  static HemlockException damaged(String what, Exception cause) {
    return HemlockException.dataLoss("A stored %s can't be read; restore it".formatted(what))
        .because(cause);
  }

  /**
   * Reads a flat JSON object.
   *
   * @throws HemlockException INVALID_ARGUMENT if it isn't one
   */
  public static Document parse(byte[] json) {
    return new Document(ProtoJson.parse(json, Struct.newBuilder()).getFieldsMap());
  }
}
