package dev.hemlock.common.security;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a caller may do. Each role of a person includes {@link #VIEWER}, and no other. */
public enum Role {
  /** Reads everything but flips. */
  VIEWER,
  /** Asks for runs and cancels them. */
  RUNNER,
  /** Reads flips and bypasses admission. */
  RED_TEAM,
  /** Imports and approves data. */
  STEWARD,
  /** Collects garbage. */
  ADMIN,
  /** Another Hemlock service, on behalf of the tenant that it names. */
  SERVICE;

  /** As tokens and messages name it, for example {@code red-team}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The role of a name; empty if Hemlock has none of that name. */
  public static Optional<Role> of(String id) {
    return Stream.of(values()).filter(role -> role.id().equals(id)).findFirst();
  }

  boolean includes(Role other) {
    return this == other || (other == VIEWER && this != SERVICE);
  }
}
