package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import java.net.URI;
import java.util.regex.Pattern;

/** Refuses to start with the secret that everybody knows where more than this machine is involved. */
final class DefaultCredentials {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

  private DefaultCredentials() {}

  /**
   * Checks before the first request to the store.
   *
   * @param httpHost what the process listens on
   * @throws HemlockException FAILED_PRECONDITION if the secret is the default one and the store is
   *     on another machine or callers may be
   */
  static void refuseBeyondLoopback(String secretKey, URI endpoint, String httpHost) {
    if (!secretKey.equals(StorageConfig.DEFAULT_SECRET_KEY)) {
      return;
    }
    if (!isLoopback(String.valueOf(endpoint.getHost()))) {
      throw refusal("hemlock.storage.endpoint is " + endpoint.getHost());
    }
    if (!isLoopback(httpHost)) {
      throw refusal("quarkus.http.host is " + httpHost);
    }
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  private static HemlockException refusal(String why) {
    return HemlockException.failedPrecondition(
        "hemlock.storage.secret-key is the default, which is good for loopback only, and "
            + why
            + "; set hemlock.storage.access-key and hemlock.storage.secret-key to the store's own");
  }
}
