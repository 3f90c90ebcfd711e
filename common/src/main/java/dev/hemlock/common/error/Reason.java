package dev.hemlock.common.error;

/** What went wrong, and whether the same call can succeed later without a change by the caller. */
public enum Reason {
  /** The request can never be carried out as it is. */
  INVALID_ARGUMENT(false),
  /** The named resource doesn't exist. */
  NOT_FOUND(false),
  /** The name or request id is taken by something else. */
  ALREADY_EXISTS(false),
  /** The system isn't in the state that the request needs. */
  FAILED_PRECONDITION(false),
  /** A limit was passed. */
  RESOURCE_EXHAUSTED(false),
  /** A caller or a tenant has as much under way as it may; try again when some of it has ended. */
  THROTTLED(true),
  /** Who calls isn't known. */
  UNAUTHENTICATED(false),
  /** The caller may not do this. */
  PERMISSION_DENIED(false),
  /** Stored bytes are missing or don't match their digest. */
  DATA_LOSS(false),
  /** Something needed is away; try again later. */
  UNAVAILABLE(true),
  /** The time the caller gave has passed. */
  DEADLINE_EXCEEDED(true),
  /** The caller or the user ended it. */
  CANCELLED(false),
  /** The server doesn't offer this. */
  UNIMPLEMENTED(false),
  /** A defect of ours. */
  INTERNAL(false);

  private final boolean retryable;

  Reason(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same call can succeed later without a change by the caller. */
  public boolean retryable() {
    return retryable;
  }
}
