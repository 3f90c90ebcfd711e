package dev.hemlock.common.ledger;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * A fencing token: who works on a run.
 *
 * @param tryNumber the try it belongs to
 * @param firstEpoch the epoch of the first claim of that try
 * @param worker who made it
 * @param time when, by the worker's clock; only for people
 */
public record Claim(int tryNumber, int firstEpoch, String worker, Instant time) {
  byte[] toJson() {
    return Document.empty()
        .with("try", tryNumber)
        .with("firstEpoch", firstEpoch)
        .with("worker", worker)
        .with("time", time.toString())
        .toJson();
  }

  static Claim parse(byte[] bytes) {
    Document json = Document.parse(bytes);
    try {
      return new Claim(
          (int) json.number("try"),
          (int) json.number("firstEpoch"),
          json.text("worker"),
          Instant.parse(json.text("time")));
    } catch (DateTimeParseException e) {
      throw Document.damaged("claim", e);
    }
  }
}
