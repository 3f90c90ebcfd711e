package dev.hemlock.common.tls;

import dev.hemlock.common.error.HemlockException;
import java.util.regex.Pattern;

/** What stays on this machine needs no encryption. */
public final class Loopback {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

  private Loopback() {}

  /** Whether a host name or address is this machine's loopback. */
  public static boolean is(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  /**
   * Makes sure that what goes beyond loopback is encrypted, unless the configuration allows it.
   *
   * @param encrypted whether it is
   * @param key the setting that leads beyond
   * @param host where to
   * @param remedy what to set
   * @throws HemlockException FAILED_PRECONDITION with a sentence that says what to set
   */
  public static void requireTls(
      TlsConfig config, boolean encrypted, String key, String host, String remedy) {
    if (!encrypted && !is(host) && config.plaintext() == TlsConfig.Plaintext.REFUSED) {
      throw HemlockException.failedPrecondition(
          "%s is %s, and nothing would be encrypted; set %s, or hemlock.tls.plaintext=allowed if a service mesh encrypts"
              .formatted(key, host, remedy));
    }
  }

  /** The same for what only a certificate of this process encrypts. */
  public static void requireCertificate(TlsConfig config, String key, String host) {
    requireTls(
        config,
        config.certificate().isPresent() && config.key().isPresent(),
        key,
        host,
        "hemlock.tls.certificate and hemlock.tls.key");
  }
}
