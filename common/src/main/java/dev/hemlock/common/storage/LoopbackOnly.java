package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.failpoint.Failpoint;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** Refuses to start with what is good for tests where more than this machine is involved. */
final class LoopbackOnly {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

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
    if (!isLoopback(String.valueOf(endpoint.getHost()))) {
      return Optional.of("hemlock.storage.endpoint is " + endpoint.getHost());
    }
    return isLoopback(httpHost)
        ? Optional.empty()
        : Optional.of("quarkus.http.host is " + httpHost);
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }
}
