package dev.hemlock.common.security;

import dev.hemlock.common.error.HemlockException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who calls.
 *
 * @param subject the token's subject
 * @param tenant whose data the call touches
 * @param roles what the caller may do
 */
public record Caller(String subject, String tenant, Set<Role> roles) {
  public Caller {
    roles = Set.copyOf(roles);
  }

  /** Anybody who reaches this process, where callers have no tokens. */
  static Caller anybody(String tenant) {
    return new Caller("anybody", tenant, EnumSet.allOf(Role.class));
  }

  /**
   * Makes sure that one of the caller's roles is enough.
   *
   * @throws HemlockException PERMISSION_DENIED naming the role that is missing
   */
  public void require(String rpc, Set<Role> enough) {
    if (roles.stream().anyMatch(role -> enough.stream().anyMatch(role::includes))) {
      return;
    }
    String missing =
        enough.stream()
            .filter(role -> enough.size() == 1 || role != Role.SERVICE)
            .map(Role::id)
            .sorted()
            .collect(Collectors.joining(" or "));
    throw HemlockException.permissionDenied(
            "%s needs the role %s, which %s has not; ask whoever gives out roles for it"
                .formatted(rpc, missing, subject))
        .with("rpc", rpc)
        .with("role", missing)
        .with("subject", subject);
  }
}
