package dev.hemlock.common.security;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line a call that changes something, reads flips or is refused, in the category {@code
 * hemlock.audit}: subject, tenant, RPC, resource, outcome. Never a token, a label or an image.
 */
public final class AuditLog {
  private static final Logger log = LoggerFactory.getLogger("hemlock.audit");
  private static final List<String> NAMES = List.of("name", "snapshot", "parent", "detection");

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

  /** The resource that a request or an answer names. */
  public static Optional<String> resource(Object message) {
    if (!(message instanceof Message proto)) {
      return Optional.empty();
    }
    for (String name : NAMES) {
      FieldDescriptor field = proto.getDescriptorForType().findFieldByName(name);
      if (field != null && !field.isRepeated()) {
        Object value = proto.getField(field);
        Optional<String> found = value instanceof String text ? Optional.of(text) : resource(value);
        if (found.filter(text -> !text.isEmpty()).isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
