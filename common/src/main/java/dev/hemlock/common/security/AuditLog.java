package dev.hemlock.common.security;

import com.google.protobuf.Message;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line a call that changes something, reads flips or is refused, in the category {@code
 * hemlock.audit}: subject, tenant, RPC, resource, outcome. Never a token, a label or an image.
 */
public final class AuditLog {
  private static final Logger log = LoggerFactory.getLogger("hemlock.audit");
  private static final List<String> FIELDS =
      List.of(
          "name",
          "snapshot",
          "parent",
          "base",
          "other",
          "detection",
          "poisoning",
          "certification",
          "attacked",
          "experiment");
  private static final Pattern NAME = Pattern.compile("[A-Za-z]+/(sha256:)?[0-9a-f]{64}");

  private AuditLog() {}

  /**
   * Writes one line.
   *
   * @param caller empty if nobody knows who it was
   * @param resource empty if the call named none
   * @param outcome the status code
   */
  public static void write(
      Optional<Caller> caller, String rpc, Optional<String> resource, String outcome) {
    log.atLevel(outcome.equals("OK") ? Level.INFO : Level.WARN)
        .addKeyValue("subject", caller.map(Caller::subject).orElse("unknown"))
        .addKeyValue("tenant", caller.map(Caller::tenant).orElse("unknown"))
        .addKeyValue("rpc", rpc)
        .addKeyValue("resource", resource.orElse("none"))
        .addKeyValue("outcome", outcome)
        .log("audit");
  }

  /** The resources that a request or an answer names. What can't be a name isn't repeated. */
  public static Optional<String> resource(Object message) {
    return message instanceof Message proto
        ? names(proto).reduce((one, another) -> one + "," + another)
        : Optional.empty();
  }

  private static Stream<String> names(Message message) {
    return FIELDS.stream()
        .map(message.getDescriptorForType()::findFieldByName)
        .filter(Objects::nonNull)
        .map(message::getField)
        .flatMap(value -> value instanceof Message part ? names(part) : named(value));
  }

  private static Stream<String> named(Object value) {
    return Stream.of(value.toString()).filter(text -> NAME.matcher(text).matches());
  }
}
