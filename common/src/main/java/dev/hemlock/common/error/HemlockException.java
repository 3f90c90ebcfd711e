package dev.hemlock.common.error;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one exception that crosses layers. Its message is shown to the user and says what to change;
 * everything variable in it is repeated in the metadata. It never holds a secret, a label or an
 * image.
 */
public final class HemlockException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final transient Map<String, String> metadata;
  private final transient List<Violation> violations;

  /** An error with nothing variable in it. */
  public HemlockException(Reason reason, String message) {
    this(reason, message, Map.of());
  }

  /**
   * An error.
   *
   * @param metadata everything variable in the message, by lowerCamelCase name
   */
  public HemlockException(Reason reason, String message, Map<String, String> metadata) {
    this(reason, message, metadata, List.of(), null);
  }

  private HemlockException(
      Reason reason,
      String message,
      Map<String, String> metadata,
      List<Violation> violations,
      Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    this.violations = List.copyOf(violations);
  }

  public static HemlockException invalidArgument(String message) {
    return new HemlockException(Reason.INVALID_ARGUMENT, message);
  }

  public static HemlockException notFound(String message) {
    return new HemlockException(Reason.NOT_FOUND, message);
  }

  public static HemlockException alreadyExists(String message) {
    return new HemlockException(Reason.ALREADY_EXISTS, message);
  }

  public static HemlockException failedPrecondition(String message) {
    return new HemlockException(Reason.FAILED_PRECONDITION, message);
  }

  public static HemlockException resourceExhausted(String message) {
    return new HemlockException(Reason.RESOURCE_EXHAUSTED, message);
  }

  public static HemlockException throttled(String message) {
    return new HemlockException(Reason.THROTTLED, message);
  }

  public static HemlockException dataLoss(String message) {
    return new HemlockException(Reason.DATA_LOSS, message);
  }

  public static HemlockException unavailable(String message) {
    return new HemlockException(Reason.UNAVAILABLE, message);
  }

  public static HemlockException cancelled(String message) {
    return new HemlockException(Reason.CANCELLED, message);
  }

  public static HemlockException unauthenticated(String message) {
    return new HemlockException(Reason.UNAUTHENTICATED, message);
  }

  public static HemlockException permissionDenied(String message) {
    return new HemlockException(Reason.PERMISSION_DENIED, message);
  }

  public static HemlockException internal(String message) {
    return new HemlockException(Reason.INTERNAL, message);
  }

  /** The same error, naming one more field that holds a wrong value. */
  public HemlockException violating(String field, String description) {
    List<Violation> more = new ArrayList<>(violations);
    more.add(new Violation(field, description));
    return copy(metadata, more, getCause());
  }

  /** The same error with one more metadata entry. */
  public HemlockException with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.put(key, value);
    return copy(more, violations, getCause());
  }

  /** The same error with what led to it. */
  public HemlockException because(Throwable cause) {
    return copy(metadata, violations, cause);
  }

  private HemlockException copy(
      Map<String, String> metadata, List<Violation> violations, Throwable cause) {
    HemlockException copy = new HemlockException(reason, getMessage(), metadata, violations, cause);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  public Reason reason() {
    return reason;
  }

  /** Everything variable in the message. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The fields that hold wrong values; empty if the error isn't about fields. */
  public List<Violation> violations() {
    return violations;
  }

  /** Whether the same call can succeed later without a change by the caller. */
  public boolean retryable() {
    return reason.retryable();
  }
}
