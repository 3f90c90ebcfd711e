package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.common.tls.Loopback;
import java.net.URI;
import java.util.Optional;

/** Refuses to start with what is good for tests where more than this machine is involved. */
final class LoopbackOnly {
  private LoopbackOnly() {}

  /**
   * Checks before the first request to the store.
   *
   * @param failpoints whether this process can be ended by a test
   * @param httpHost what the process listens on
   * @throws HemlockException FAILED_PRECONDITION if the secret is the default one, or there are
   *     failpoints, and the store is on another machine or callers may be
   */
  static void check(String secretKey, boolean failpoints, URI endpoint, String httpHost) {
    Optional<String> beyond = beyond(endpoint, httpHost);
    if (beyond.isEmpty()) {
      return;
    }
    if (secretKey.equals(StorageConfig.DEFAULT_SECRET_KEY)) {
      throw HemlockException.failedPrecondition(
          "hemlock.storage.secret-key is the default, which is good for loopback only, and "
              + beyond.get()
              + "; set hemlock.storage.access-key and hemlock.storage.secret-key to the store's"
              + " own");
    }
    if (failpoints) {
      throw HemlockException.failedPrecondition(
          Failpoint.PROPERTY
              + " lets tests end this process, which is good for loopback only, and "
              + beyond.get()
              + "; start without -D"
              + Failpoint.PROPERTY);
    }
  }

  private static Optional<String> beyond(URI endpoint, String httpHost) {
    if (!Loopback.is(String.valueOf(endpoint.getHost()))) {
      return Optional.of("hemlock.storage.endpoint is " + endpoint.getHost());
    }
    return Loopback.is(httpHost)
        ? Optional.empty()
        : Optional.of("quarkus.http.host is " + httpHost);
  }
}
